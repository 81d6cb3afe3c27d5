/** The tree that is predicted: what each node says, and what decides the setting. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeModel } from '../../../../stages/energy/prediction/described_model.js';
import { predictModel } from '../../../../stages/energy/prediction/predict_model.js';
import { law } from '../../../../stages/energy/predictors/law.js';
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

test('where nothing can be planned the tree ends where the profile does', async () => {
  const bert = await describeModel('bert-base-uncased');
  const one = { latency_s: 0.001, gpu_j: 0.1 };
  const whole = { measured: { latency_s: 0.0147, gpu_j: 2.467 } };
  const predicted = async (rows: Parameters<typeof profileOf>[0]) =>
    predictModel(toyBench(['law']), bert, { ...workload, profile: profileOf(rows) });
  const alone = await predicted([whole]);
  assert.is(alone.nodes.length, 1);
  assert.match(alone.warnings.join(), /the tree ends where the profile does/);
  const half = await predicted([whole, { scope: 'encoder', measured: one }, { scope: 'pooler', measured: one }]);
  assert.is(half.nodes.length, 1, 'the embeddings are not known: the sum over children would be no sum');
  const rows = ['embeddings', 'encoder', 'pooler'].map((scope) => ({ scope, measured: one }));
  const full = await predicted([whole, ...rows]);
  assert.is(full.nodes.length, 4);
  near(full.root.childrenJ, 3 * full.nodes[1].wallJ);
});

test('what the CPU adds is the law’s third term, and wants its column', async () => {
  const bert = await describeModel('bert-base-uncased');
  const terms = ['eta', 'rest_w', 'cpu'];
  const shared = [{ name: 'constants', terms, values: Float64Array.of(1.1, 8, 1.3) }];
  const fitted = { variant: 'clean', fold: 'none', shared, seeds: [] } as const;
  const bench = { ...toyBench(['law']), open: async () => ({ predictor: law, fitted }) };
  const measured = { latency_s: 0.5, gpu_j: 20, cpu_j: 10 };
  const tree = await predictModel(bench, bert, { ...workload, profile: profileOf([{ measured }]) });
  near(tree.root.wallJ, 1.1 * 20 + 8 * 0.5 + 1.3 * 10);
  assert.equal(tree.root.parts.map(({ name }) => name), ['GPU', 'rest of the machine', 'CPU']); // prettier-ignore
  const without = profileOf([{ measured: { latency_s: 0.5, gpu_j: 20 } }]);
  const error = await thrown(() => predictModel(bench, bert, { ...workload, profile: without }));
  assert.match(error.message, /the profile needs a column cpu_j in every row/);
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
