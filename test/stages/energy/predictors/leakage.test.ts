/**
 * Split hygiene (CHECKS 30): what was measured of a held-out model is replaced by noise, node by node. In variant
 * `clean` not one fitted constant of its fold may change by a bit; in `paper` the tests show where it does.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceFeatures } from '../../../../stages/energy/predictors/feature_sets.js';
import { intervalParts } from '../../../../stages/energy/predictors/intervals.js';
import { predictorNames, predictors } from '../../../../stages/energy/predictors/list.js';
import type { Fitted } from '../../../../stages/energy/predictors/predictor.js';
import type { Problem } from '../../../../stages/energy/predictors/predictor.js';
import { splitNames } from '../../../../stages/energy/predictors/splits.js';
import { Random } from '../../../../stages/energy/random.js';
import { forestOf, problemOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames, smallRows, type FeatureRow } from '../../small_features.js';

const batches = [2, 128];
const rows = smallRows({ batches });
const honest = await forestOf(smallFeatures(rows), smallModelNames);

/** The forest after everything measured of the held-out workloads was scrambled, node by node or keeping copies equal. */
function scrambled(heldOut: (row: FeatureRow) => boolean, by: 'node' | 'measurement' = 'node') {
  const noisy = rows.map((row, at) => {
    if (!heldOut(row)) return row;
    const random = new Random('scramble', by === 'node' ? at : String(row.measurement_id));
    const noise = Object.fromEntries(
      [...resourceFeatures, 'wall_j'].map((name) => [
        name,
        Number(row[name as keyof FeatureRow]) * (0.1 + 5 * random.uniform()),
      ]),
    );
    return { ...row, ...noise };
  });
  return forestOf(smallFeatures(noisy), smallModelNames);
}

/** Names of the parts of one fold whose bytes differ. */
function differing(a: Fitted, b: Fitted): string[] {
  const parts = ({ shared, seeds }: Fitted) => [...shared, ...seeds.flatMap((seed) => seed.parts)];
  const bytes = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const [left, right] = [parts(a), parts(b)];
  assert.equal(
    left.map(({ name }) => name),
    right.map(({ name }) => name),
  );
  return left.flatMap(({ name, values }, i) => (bytes(values).equals(bytes(right[i].values)) ? [] : [name]));
}

const fitFold = async (name: keyof typeof predictors, problem: Problem, fold: string): Promise<Fitted> =>
  [...(await predictors[name].load()).fit(problem)].find((fitted) => fitted.fold === fold)!;

/** The same with the intervals of its predictions. */
async function intervalsOfFold(name: keyof typeof predictors, problem: Problem, fold: string): Promise<Fitted> {
  const predictor = await predictors[name].load();
  const own = problem.folds.find((one) => one.name === fold)!;
  return { variant: 'clean', fold, shared: intervalParts(predictor, problem, own), seeds: [] };
}

const families: Readonly<Record<string, string>> = { small: 'encoders', tiny: 'encoders', talker: 'gpts' };
const held: Record<(typeof splitNames)[number], { fold: string; heldOut: (row: FeatureRow) => boolean }> = {
  leave_model_out: { fold: 'tiny', heldOut: ({ model }) => model === 'tiny' },
  leave_family_out: { fold: 'gpts', heldOut: ({ model }) => families[String(model)] === 'gpts' },
  leave_batch_out: { fold: 'b128', heldOut: ({ batch_size }) => batch_size === 128 },
  leave_length_out: { fold: 's16', heldOut: ({ length }) => length === 16 },
  large_out: { fold: 'over_1024', heldOut: ({ input_size }) => Number(input_size) > 1024 },
};

for (const split of splitNames) {
  const { fold, heldOut } = held[split];
  const noisy = await scrambled(heldOut);
  for (const name of predictorNames) {
    test(`clean ${name}: nothing measured of what ${split} holds out reaches its fold`, async () => {
      const [before, after] = await Promise.all(
        [honest, noisy].map((forest) => fitFold(name, problemOf(forest, { split, epochs: 1 }), fold)),
      );
      assert.equal(differing(before, after), []);
    });

    test(`${name}: nor the width of its intervals`, async () => {
      const [before, after] = await Promise.all(
        [honest, noisy].map((forest) => intervalsOfFold(name, problemOf(forest, { split, epochs: 1 }), fold)),
      );
      assert.ok(before.shared.length > 0);
      assert.equal(differing(before, after), []);
    });
  }
}

test('paper end2end: the held-out model reaches the scaler and the weights, but not its own regressors', async () => {
  const { fold, heldOut } = held.leave_model_out;
  const noisy = await scrambled(heldOut);
  const [before, after] = await Promise.all(
    [honest, noisy].map((forest) => fitFold('end2end', problemOf(forest, { variant: 'paper' }), fold)),
  );
  assert.equal(differing(before, after), ['tree/mean', 'tree/scale', 'tree/weight', 'tree/bias']);
});

test("paper end2end: the other folds' regressors carry the held-out model into training", async () => {
  // With model features alone the scaler sees nothing measured: what is left is the leaf predictions.
  const { fold, heldOut } = held.leave_model_out;
  const noisy = await scrambled(heldOut, 'measurement');
  const features = { name: 'counts', columns: ['flops_million', 'mem_mib'] as const };
  const [before, after] = await Promise.all(
    [honest, noisy].map((forest) => fitFold('end2end', problemOf(forest, { variant: 'paper', features }), fold)),
  );
  assert.equal(differing(before, after), ['tree/weight', 'tree/bias']);
});

test.run();
