/** The tree that is predicted: what each node says, and what decides the setting. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeModel } from '../../../../stages/energy/prediction/described_model.js';
import { predictModel } from '../../../../stages/energy/prediction/predict_model.js';
import type { Profile } from '../../../../stages/energy/prediction/profile.js';
import { thrown } from '../../../thrown.js';
import { toyBench, toyLaw } from './toy_bench.js';

const workload = { batchSize: 8, length: 32 };
const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-12 * Math.abs(b), `${a} ≠ ${b}`);

const profileOf = (rows: Partial<Profile['rows'][number]>[]): Profile => ({
  file: 'profile.csv',
  rows: rows.map((row) => ({
    model: null,
    batchSize: null,
    length: null,
    scope: '',
    type: null,
    measured: {},
    ...row,
  })),
});

test('every node of the tree has its energy, and the sum over its children beside it', async () => {
  const bert = await describeModel('bert-base-uncased');
  const tree = await predictModel(toyBench(), bert, workload);
  assert.is(tree.nodes.length, 214);
  assert.is(tree.setting, 'planned');
  assert.is(tree.root.sharePct, 100);
  for (const node of tree.nodes) {
    const children = tree.nodes.filter(({ parentId }) => parentId === node.nodeId);
    near(node.childrenJ, children.reduce((sum, { wallJ }) => sum + wallJ, 0)); // prettier-ignore
    near(node.childrenJ + node.selfJ, node.wallJ);
    near(node.parts.reduce((sum, { wallJ }) => sum + wallJ, 0), node.wallJ); // prettier-ignore
  }
  // Launches and kernels overlap across children: a self energy below nothing is there, and is kept.
  assert.ok(tree.nodes.some(({ selfJ }) => selfJ < 0));
  const layers = tree.nodes.filter(({ type }) => type === 'BertLayer');
  assert.is(new Set(layers.map(({ alike }) => alike)).size, 1);
});

test('a whole model measured is profiled, what is below it planned', async () => {
  const bert = await describeModel('bert-base-uncased');
  const profile = profileOf([{ measured: { latency_s: 0.0147, gpu_j: 2.467 } }]);
  const tree = await predictModel(toyBench(), bert, { ...workload, profile });
  assert.is(tree.setting, 'profiled');
  near(tree.root.wallJ, toyLaw.eta * 2.467 + toyLaw.rest_w * 0.0147);
  assert.is(tree.root.latencyS, 0.0147);
  assert.equal(new Set(tree.nodes.slice(1).map(({ setting }) => setting)), new Set(['planned']));
  assert.ok(tree.nodes.every(({ wallJ }) => wallJ > 0));
});

test('what a setting needs and nobody measured is refused', async () => {
  const bert = await describeModel('bert-base-uncased');
  const refused = async (options: object, pattern: RegExp, bench = toyBench()) => {
    const error = await thrown(() => predictModel(bench, bert, { ...workload, ...options }));
    assert.match(error.message, pattern);
  };
  await refused({ setting: 'profiled' }, /the whole model \(BertModel\)/);
  await refused({ setting: 'primitives' }, /139 of the 139 nodes|of the \d+ nodes that it needs/);
  await refused({}, /planned is not fitted there, only law/, toyBench(['law']));
  await refused({ length: 513 }, /length 513 is beyond the 512 positions of bert-base-uncased/);
  await refused({ profile: profileOf([{ scope: 'encoder.layer.0.atention', measured: {} }]) }, /none of its rows/);
});

test('what differs from every measured model is extrapolated throughout, and says why', async () => {
  const bert = { ...(await describeModel('bert-base-uncased')), differences: ['it is another'] };
  const tree = await predictModel(toyBench(), bert, workload);
  assert.equal(new Set(tree.nodes.map(({ extrapolatedBy }) => extrapolatedBy)), new Set(['it is another']));
});

test.run();
