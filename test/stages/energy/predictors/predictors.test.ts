import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { readTwin } from '../../../../stages/energy/benches/twin.js';
import { featureNames, featureSets, settingOf } from '../../../../stages/energy/predictors/feature_sets.js';
import { needsComputations, predictorNames, predictors } from '../../../../stages/energy/predictors/list.js';
import { partOf } from '../../../../stages/energy/predictors/parts.js';
import type { Fitted } from '../../../../stages/energy/predictors/predictor.js';
import { computedForest, twinNodes } from '../../computed_forest.js';
import { forestOf, problemOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames, smallRows } from '../../small_features.js';

const smallForest = await forestOf(smallFeatures(), smallModelNames);

/** For predictors that go by what the nodes compute. */
const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const computed = computedForest(twinNodes(twin, ['distilbert-base-uncased', 'distilgpt2'], [8, 16], [32, 64]));

for (const name of predictorNames) {
  const forest = needsComputations(name) ? computed : smallForest;
  const predictor = await predictors[name].load();

  for (const features of featureSets) {
    test(`${name}, ${features.name}: what explains a prediction adds up to it`, () => {
      const [fitted] = predictor.fit(problemOf(forest, { features }));
      const workloads = forest.workloads.filter(({ model }) => model === fitted.fold);
      const { classes, draws } = predictor.predict(fitted, forest, workloads);
      assert.is(draws.length, 1);
      assert.is(draws[0].seed, predictors[name].random ? 1 : null);
      classes.forEach((c, i) => {
        const sum = predictor.explain(fitted, forest, c).reduce((total, { wallJ }) => total + wallJ, 0);
        assert.ok(Math.abs(sum - draws[0].wallJ[i]) < 1e-9 * Math.max(1, Math.abs(sum)), forest.types[forest.type[c]]);
      });
    });
  }

  test(`${name}: one prediction for each seed, or a single one`, () => {
    const [fitted] = predictor.fit(problemOf(forest, { seeds: [1, 2, 3, 4, 5], epochs: 1 }));
    const { draws } = predictor.predict(fitted, forest, forest.workloads.slice(0, 1));
    assert.equal(
      draws.map(({ seed }) => seed),
      predictors[name].random ? [1, 2, 3, 4, 5] : [null],
    );
  });

  test(`${name}: primitives are predicted where the list says so`, () => {
    const [fitted] = predictor.fit(problemOf(forest));
    const [workload] = forest.workloads;
    const { classes } = predictor.predict(fitted, forest, [workload]);
    assert.is(classes[0] < workload.inner, 'leafSetting' in predictors[name]);
  });
}

const fitOf = async (name: keyof typeof predictors, options: Parameters<typeof problemOf>[1] = {}) => {
  const predictor = await predictors[name].load();
  return { predictor, folds: [...predictor.fit(problemOf(smallForest, options))] };
};

test('weights lie in 1 ± 1/τ, and are 1 for the plain sum', async () => {
  const { predictor, folds } = await fitOf('end2end', { tau: 4, epochs: 40 });
  const { alpha } = predictor.predict(folds[0], smallForest, smallForest.workloads).draws[0];
  assert.ok(alpha!.every((value) => Math.abs(value - 1) <= 1 / 4));
  assert.ok(alpha!.some((value) => Math.abs(value - 1) > 0.02));
  const plain = await fitOf('predicted_sum');
  assert.ok(
    plain.predictor.predict(plain.folds[0], smallForest, smallForest.workloads).draws[0].alpha!.every((a) => a === 1),
  );
});

test('weights handed in are where training starts; every step is told with its fold and seed', async () => {
  const told: string[] = [];
  const given = (fold: string, seed: number, terms: number) =>
    new Float64Array(terms + 1).fill(fold === 'small' ? seed / 1000 : 0);
  await fitOf('end2end', {
    seeds: [7],
    epochs: 1,
    initialWeights: given,
    trace: (fold, { seed, tree, weights }) => {
      if (told.length === 0) assert.ok(weights.every((value) => value === 0.007));
      told.push(`${fold} ${seed} ${smallForest.workloads[tree].model}`);
    },
  });
  // The first fold holds out `small`: 4 trees of each of the others, in their order.
  assert.equal([...new Set(told.slice(0, 8))], ['small 7 tiny', 'small 7 talker']);
  assert.is(told.length, 3 * 8);
});

test("in the paper's variant the root has no parameters, training trees pass up out-of-fold predictions", async () => {
  const [paper, clean] = await Promise.all(
    (['paper', 'clean'] as const).map((variant) => fitOf('unstructured_ols', { variant })),
  );
  const low = ({ folds }: typeof paper) =>
    partOf(folds[0].shared, 'tree/low').values[featureNames.indexOf('num_parameters')];
  assert.is(low(paper), 0);
  assert.ok(low(clean) > 0);
  const learned = await Promise.all((['paper', 'clean'] as const).map((variant) => fitOf('stepwise', { variant })));
  assert.not.equal(weightsOf(learned[0].folds[0]), weightsOf(learned[1].folds[0]));
});

const weightsOf = ({ seeds }: Fitted): Float64Array => partOf(seeds[0].parts, 'tree/weight').values;

test('a primitive that was not trained is predicted by one regressor for all, and flagged with all above it', async () => {
  const { predictor, folds } = await fitOf('predicted_sum', { split: 'leave_family_out' });
  const gpts = folds.find(({ fold }) => fold === 'gpts')!;
  const talker = smallForest.workloads.filter(({ model }) => model === 'talker');
  const { classes, draws, extrapolated } = predictor.predict(gpts, smallForest, talker);
  const flags = new Map<string, number[]>();
  classes.forEach((c, i) => {
    const type = smallForest.types[smallForest.type[c]];
    flags.set(type, [...(flags.get(type) ?? []), extrapolated[i]]);
    if (type === 'Conv1D') assert.ok(Number.isFinite(draws[0].wallJ[i]) && draws[0].wallJ[i] !== 0);
  });
  for (const type of ['Conv1D', 'Output', 'Layer', 'GPT2Model']) assert.ok(flags.get(type)!.every(Boolean), type);
});

test('a feature outside of the training range flags the node, and only it', async () => {
  const rows = smallRows();
  const changed = rows.map((row) => (row.model === 'tiny' && row.type === 'Softmax' ? { ...row, cpu_pct: 99 } : row));
  const [before, after] = [
    await forestOf(smallFeatures(rows), smallModelNames),
    await forestOf(smallFeatures(changed), smallModelNames),
  ];
  const predictor = await predictors.predicted_sum.load();
  const flagged = [before, after].map((one) => {
    const fitted = [...predictor.fit(problemOf(one))].find(({ fold }) => fold === 'tiny')!;
    const held = one.workloads.filter(({ model }) => model === 'tiny');
    const { classes, extrapolated } = predictor.predict(fitted, one, held);
    return Array.from(classes, (c, i) => `${one.types[one.type[c]]} ${extrapolated[i]}`).filter(
      (line) => !line.startsWith('Softmax'),
    );
  });
  assert.equal(flagged[1], flagged[0]);
  const softmax = after.workloads.filter(({ model }) => model === 'tiny');
  const fitted = [...predictor.fit(problemOf(after))].find(({ fold }) => fold === 'tiny')!;
  const { classes, extrapolated } = predictor.predict(fitted, after, softmax);
  classes.forEach((c, i) => {
    if (after.types[after.type[c]] === 'Softmax') assert.ok(extrapolated[i]);
  });
});

test('features without anything measured are for planning', () => {
  assert.is(settingOf('children', featureSets[0].columns), 'children');
  assert.is(settingOf('children', featureSets[1].columns), 'planned');
  assert.is(settingOf('profiled', ['flops_million', 'gpu_j']), 'profiled');
});

test.run();
