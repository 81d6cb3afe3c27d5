/**
 * One way for the product and the evaluation: a model that is described and profiled is predicted as the same model in
 * the forest of a run, by every predictor that `predict` offers.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { readTwin } from '../../../../stages/energy/benches/twin.js';
import { describeModel } from '../../../../stages/energy/prediction/described_model.js';
import { fittedBench } from '../../../../stages/energy/prediction/fitted_bench.js';
import { predictModel } from '../../../../stages/energy/prediction/predict_model.js';
import type { Profile } from '../../../../stages/energy/prediction/profile.js';
import { predictorFor, settings } from '../../../../stages/energy/prediction/settings.js';
import { resourceFeatures } from '../../../../stages/energy/predictors/feature_sets.js';
import { needsComputations, predictors, type PredictorName } from '../../../../stages/energy/predictors/list.js';
import { partsOf, type PredictorFile } from '../../../../stages/energy/predictors/predictor_file.js';
import { computedForest, twinNodes } from '../../computed_forest.js';
import { problemOf } from '../../forest_of.js';

const heldOut = 'distilgpt2';
const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const nodes = twinNodes(twin, ['distilbert-base-uncased', 'openai-gpt', heldOut], [8, 16], [32, 96]);
const forest = computedForest(nodes);
const workload = { batchSize: 16, length: 96 };
const ofHeldOut = nodes.filter(({ model, batch_size, length }) => model === heldOut && batch_size === 16 && length === 96); // prettier-ignore

const profile: Profile = {
  file: 'profile.csv',
  rows: ofHeldOut.map(({ node, ...one }) => ({
    model: heldOut,
    batchSize: one.batch_size,
    length: one.length,
    scope: node.path,
    type: node.type,
    measured: Object.fromEntries(resourceFeatures.map((name) => [name, one[name]])),
  })),
};

for (const setting of settings) {
  const name = predictorFor(setting, null);
  if (!(name in predictors)) continue;
  test(`${name} predicts a described model as a run's`, async () => {
    const predictor = await predictors[name as PredictorName].load();
    const folds = [{ name: heldOut, heldOut: ({ model }: { model: string }) => model === heldOut }];
    const [fitted] = [...predictor.fit({ ...problemOf(forest), folds })];
    // The law says what children says nothing of: primitives.
    const [law] = [...(await predictors.law.load()).fit({ ...problemOf(forest), folds })];
    const parts = { law: partsOf(law), [name]: partsOf(fitted) };
    const file = { source: 'a twin', predictors: parts } as unknown as PredictorFile;
    const bench = fittedBench('twin', file);
    const tree = await predictModel(bench, await describeModel(heldOut), { ...workload, setting, profile });

    const run = forest.workloads.find((one) => one.model === heldOut && one.batchSize === 16 && one.length === 96)!;
    const { classes, draws } = predictor.predict(fitted, forest, [run]);
    const byClass = new Map(Array.from(classes, (c, i) => [c, draws[0].wallJ[i]]));
    let compared = 0;
    ofHeldOut.forEach((one, i) => {
      const c = forest.classOf[nodes.indexOf(one)];
      const expected = byClass.get(c);
      if (expected === undefined) return;
      // Evaluated as the shape that was run in its place (METHODS 2, traps); described it is its own.
      if (needsComputations(name) && forest.ran[c] === 0 && one.node.level === 'ml') return;
      const got = tree.nodes.find(({ nodeId }) => nodeId === one.node.id);
      if (!got) return;
      assert.ok(Math.abs(got.wallJ / expected - 1) < 1e-12, `${i} ${one.node.path}: ${got.wallJ} and ${expected}`);
      compared++;
    });
    assert.ok(compared >= (name === 'children' ? 19 : 40), String(compared));
    const sum = tree.root.parts.reduce((total, { wallJ }) => total + wallJ, 0);
    assert.ok(Math.abs(sum / tree.root.wallJ - 1) < 1e-9, 'its parts are its energy');
  });
}

test.run();
