/** What is put together from measured parts: what is looked at, what is not, and what the wholes are made of. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { readTwin, type Twin } from '../../../../stages/energy/benches/twin.js';
import { isLeaf, type Forest } from '../../../../stages/energy/predictors/forest.js';
import { predictors } from '../../../../stages/energy/predictors/list.js';
import { partOf } from '../../../../stages/energy/predictors/parts.js';
import type { Fitted } from '../../../../stages/energy/predictors/predictor.js';
import { computedForest, twinNodes, type MeasuredNode } from '../../computed_forest.js';
import { problemOf } from '../../forest_of.js';

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const exact: Twin = { ...twin, noise: { gpu_pct: 0, wall_pct: 0 }, clock: { ...twin.clock, sd_mhz: 0 } };
const nodes = twinNodes(exact, ['bert-base-uncased', 'distilbert-base-uncased', 'gpt2'], [8, 16], [32, 64, 128, 256]);
const forest = computedForest(nodes);
const heldOut = 'bert-base-uncased';

type Name = 'composition' | 'children' | 'planned_catalogue';

async function fitted(name: Name, of: Forest = forest): Promise<Fitted> {
  const predictor = await predictors[name].load();
  const folds = [{ name: heldOut, heldOut: ({ model }: { model: string }) => model === heldOut }];
  return [...predictor.fit({ ...problemOf(of), folds })][0];
}

/** Predicted joules of the held-out model, by class. */
async function predicted(name: Name, of: Forest, fit: Fitted): Promise<Map<number, number>> {
  const predictor = await predictors[name].load();
  const workloads = of.workloads.filter(({ model }) => model === heldOut);
  const { classes, draws } = predictor.predict(fit, of, workloads);
  return new Map(Array.from(classes, (c, i) => [c, draws[0].wallJ[i]]));
}

/** The joules of the nodes that `pick` takes, where something measured of the others is changed. */
async function afterChange(
  name: Name,
  changed: (node: MeasuredNode) => boolean,
  pick: (node: MeasuredNode) => boolean,
) {
  const fit = await fitted(name);
  const other = nodes.map((node) =>
    node.model === heldOut && changed(node) ? { ...node, latency_s: 3, gpu_j: 5, wall_j: 7, gpu_pct: 60 } : node,
  );
  const [before, after] = await Promise.all(
    [forest, computedForest(other)].map(async (of) => {
      const joules = await predicted(name, of, fit);
      return nodes.flatMap((node, i) => (node.model === heldOut && pick(node) ? [joules.get(of.classOf[i])] : []));
    }),
  );
  return { before, after };
}

const isPrimitive = ({ node }: MeasuredNode): boolean => node.level === 'ml';
const isModel = ({ node }: MeasuredNode): boolean => node.level === 'model';

for (const name of ['composition', 'children', 'planned_catalogue'] as const) {
  test(`${name}: on a machine that is as the model says, a model is off by less than half a percent`, async () => {
    const joules = await predicted(name, forest, await fitted(name));
    const errors = [...joules].map(([c, wallJ]) => Math.abs(wallJ / forest.wallJ[c] - 1));
    const roots = [...joules].flatMap(([c], i) => (forest.types[forest.type[c]] === 'BertModel' ? [errors[i]] : []));
    assert.is(roots.length, 8);
    assert.ok(Math.max(...roots) < 0.005, String(Math.max(...roots)));
  });
}

test('composition looks at primitives alone: what was measured of modules is no matter', async () => {
  const { before, after } = await afterChange(
    'composition',
    (node) => !isPrimitive(node),
    () => true,
  );
  assert.equal(after, before);
  const primitives = await afterChange('composition', isPrimitive, isModel);
  primitives.after.forEach((joules, i) => assert.not.equal(joules, primitives.before[i]));
});

test('children looks at the children: neither at the node itself nor at what is below them', async () => {
  const itself = await afterChange('children', isModel, isModel);
  assert.equal(itself.after, itself.before);
  const below = await afterChange('children', isPrimitive, isModel);
  assert.equal(below.after, below.before, 'a primitive is no child of a model here');
  const encoder = await afterChange('children', ({ node }) => node.type === 'BertEncoder', isModel);
  encoder.after.forEach((joules, i) => assert.not.equal(joules, encoder.before[i]));
});

test('planned_catalogue looks at nothing of the model', async () => {
  const { before, after } = await afterChange(
    'planned_catalogue',
    () => true,
    () => true,
  );
  assert.equal(after, before);
});

test('the catalogue holds the computations of the training models alone, each once', async () => {
  const { shared } = await fitted('planned_catalogue');
  const { terms, values } = partOf(shared, 'catalogue/gpu_s');
  assert.is(new Set(terms).size, terms.length);
  assert.ok(values.every((seconds) => seconds > 0));
  const training = new Set(nodes.filter((node) => node.model !== heldOut && isPrimitive(node)).map(({ node }) => node.signature)); // prettier-ignore
  assert.equal(new Set(terms), training);
});

test('a primitive of a computation that is in the catalogue is predicted as it was measured there', async () => {
  const fit = await fitted('planned_catalogue');
  const joules = await predicted('planned_catalogue', forest, fit);
  const signatureOf = (c: number) => forest.computations!.signature[c];
  const distil = new Map(
    forest.workloads
      .filter(({ model }) => model === 'distilbert-base-uncased')
      .flatMap(({ first, inner }) => Array.from({ length: inner - first }, (_, i) => first + i))
      .map((c) => [signatureOf(c), forest.wallJ[c]]),
  );
  let compared = 0;
  for (const [c, wallJ] of joules) {
    const known = distil.get(signatureOf(c));
    if (!isLeaf(forest, c) || forest.ran[c] === 0 || known === undefined || !/^(Linear|LayerNorm)/.test(signatureOf(c))) continue; // prettier-ignore
    assert.ok(Math.abs(wallJ / known - 1) < 1e-9, signatureOf(c));
    compared++;
  }
  assert.ok(compared > 20, String(compared));
});

test('a module that runs a kernel that was never measured says so, and what is measured below it does not matter', async () => {
  const gpts = nodes.filter(({ model }) => model !== 'distilbert-base-uncased');
  const of = computedForest(gpts);
  const fit = await fitted('composition', of);
  const predictor = await predictors.composition.load();
  const workloads = of.workloads.filter(({ model }) => model === heldOut);
  const { classes, extrapolated, reasons } = predictor.predict(fit, of, workloads);
  const reasonsOf = (type: string) =>
    new Set(Array.from(classes).flatMap((c, i) => (of.types[of.type[c]] === type ? [extrapolated[i] ? reasons[extrapolated[i] - 1] : ''] : []))); // prettier-ignore
  assert.equal(reasonsOf('BertIntermediate'), new Set(['fitted on no gelu']));
  assert.equal(reasonsOf('BertModel'), new Set(['fitted on no gelu']));
  assert.equal(reasonsOf('BertSelfAttention'), new Set(['']));
  assert.equal(reasonsOf('Linear'), new Set(['']));
});

test.run();
