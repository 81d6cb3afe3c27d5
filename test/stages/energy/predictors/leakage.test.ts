/**
 * Split hygiene (CHECKS 30): what was measured of a held-out model is replaced by noise, node by node. In variant
 * `clean` not one fitted constant of its fold may change by a bit; in `paper` the tests show where it does. Predictors
 * that go by what the nodes compute are tried on a twin's models, the others on small ones.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { calibrationNodes } from '../../../../stages/commands/calibration_set.js';
import { readTwin } from '../../../../stages/energy/benches/twin.js';
import { resourceFeatures } from '../../../../stages/energy/predictors/feature_sets.js';
import { intervalParts } from '../../../../stages/energy/predictors/intervals.js';
import type { Forest } from '../../../../stages/energy/predictors/forest.js';
import {
  needsComputations,
  partialPredictors,
  predictorNames,
  predictors,
} from '../../../../stages/energy/predictors/list.js';
import type { Fitted } from '../../../../stages/energy/predictors/predictor.js';
import type { Problem } from '../../../../stages/energy/predictors/predictor.js';
import { splitNames } from '../../../../stages/energy/predictors/splits.js';
import { Random } from '../../../../stages/energy/random.js';
import { isMeasured } from '../../../../stages/energy/tree/measured.js';
import { computedForest, twinNodes, type MeasuredNode } from '../../computed_forest.js';
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

type SplitCase = { fold: string; heldOut: (run: MeasuredRun) => boolean };
type MeasuredRun = { model: string; batch_size: number; length: number };

/** What a predictor is tried on: the forest as measured, one scrambled, and of each split a fold. */
interface World {
  readonly honest: Forest;
  readonly scrambled: (heldOut: (run: MeasuredRun) => boolean) => Promise<Forest>;
  readonly held: Readonly<Record<(typeof splitNames)[number], SplitCase>>;
}

const cases = (model: string, gpts: readonly string[], batch: number, length: number): World['held'] => ({
  leave_model_out: { fold: model, heldOut: (run) => run.model === model },
  leave_family_out: { fold: 'gpts', heldOut: (run) => gpts.includes(run.model) },
  leave_batch_out: { fold: `b${batch}`, heldOut: ({ batch_size }) => batch_size === batch },
  leave_length_out: { fold: `s${length}`, heldOut: (run) => run.length === length },
  large_out: { fold: 'over_1024', heldOut: (run) => run.batch_size * run.length > 1024 },
});

const held = cases('tiny', ['talker'], 128, 16);

const small: World = {
  honest,
  scrambled: (heldOut) => scrambled((row) => heldOut(row as unknown as MeasuredRun)),
  held,
};

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const twins = twinNodes(twin, ['distilbert-base-uncased', 'bert-base-uncased', 'distilgpt2'], [4, 8, 32], [32, 64]);

/** As `trace.measure` leaves them: what was not to be measured is in the trees, and nothing is known of it. */
const measuredInPart = twins.map((one) =>
  isMeasured(one.node, calibrationNodes)
    ? one
    : { ...one, ...Object.fromEntries([...resourceFeatures, 'wall_j'].map((name) => [name, NaN])) },
);

const scrambledTwins = (nodes: readonly MeasuredNode[]) => (heldOut: (run: MeasuredRun) => boolean) => {
  const noisy = nodes.map((node, at) => {
    if (!heldOut(node)) return node;
    const random = new Random('scramble', at);
    const noise = [...resourceFeatures, 'wall_j' as const].map((name) => [
      name,
      node[name] * (0.1 + 5 * random.uniform()),
    ]);
    return { ...node, ...Object.fromEntries(noise) } as MeasuredNode;
  });
  return Promise.resolve(computedForest(noisy));
};

const worldOf = (nodes: readonly MeasuredNode[]): World => ({
  honest: computedForest(nodes),
  scrambled: scrambledTwins(nodes),
  held: cases('bert-base-uncased', ['distilgpt2'], 32, 64),
});

const computed = worldOf(twins);

for (const split of splitNames) {
  const forests = new Map<World, Forest>();
  for (const world of [small, computed]) forests.set(world, await world.scrambled(world.held[split].heldOut));
  for (const name of predictorNames) {
    const world = needsComputations(name) ? computed : small;
    const { fold } = world.held[split];
    const pair = [world.honest, forests.get(world)!];
    test(`clean ${name}: nothing measured of what ${split} holds out reaches its fold`, async () => {
      const [before, after] = await Promise.all(
        pair.map((forest) => fitFold(name, problemOf(forest, { split, epochs: 1 }), fold)),
      );
      assert.equal(differing(before, after), []);
    });

    test(`${name}: nor the width of its intervals`, async () => {
      const [before, after] = await Promise.all(
        pair.map((forest) => intervalsOfFold(name, problemOf(forest, { split, epochs: 1 }), fold)),
      );
      assert.ok(before.shared.length > 0);
      assert.equal(differing(before, after), []);
    });
  }
}

const inPart = worldOf(measuredInPart);
const inPartScrambled = await inPart.scrambled(inPart.held.leave_model_out.heldOut);
for (const name of partialPredictors) {
  test(`${name}, of trees measured in part: nothing of a model that is kept back reaches fit or interval`, async () => {
    const { fold } = inPart.held.leave_model_out;
    const problems = [inPart.honest, inPartScrambled].map((forest) => problemOf(forest, { split: 'leave_model_out' }));
    const fits = await Promise.all(problems.map((problem) => fitFold(name, problem, fold)));
    assert.equal(differing(fits[0], fits[1]), []);
    const intervals = await Promise.all(problems.map((problem) => intervalsOfFold(name, problem, fold)));
    assert.ok(intervals[0].shared.length > 0);
    assert.equal(differing(intervals[0], intervals[1]), []);
    const [other] = inPart.honest.workloads.map(({ model }) => model).filter((model) => model !== fold);
    const others = await Promise.all(problems.map((problem) => fitFold(name, problem, other)));
    assert.not.equal(others[0].shared, others[1].shared, 'where it is trained on, it does');
  });
}

test('paper end2end: the held-out model reaches the scaler and the weights, but not its own regressors', async () => {
  const { fold, heldOut } = held.leave_model_out;
  const noisy = await small.scrambled(heldOut);
  const [before, after] = await Promise.all(
    [honest, noisy].map((forest) => fitFold('end2end', problemOf(forest, { variant: 'paper' }), fold)),
  );
  assert.equal(differing(before, after), ['tree/mean', 'tree/scale', 'tree/weight', 'tree/bias']);
});

test("paper end2end: the other folds' regressors carry the held-out model into training", async () => {
  // With model features alone the scaler sees nothing measured: what is left is the leaf predictions.
  const { fold, heldOut } = held.leave_model_out;
  const noisy = await scrambled((row) => heldOut(row as unknown as MeasuredRun), 'measurement');
  const features = { name: 'counts', columns: ['flops_million', 'mem_mib'] as const };
  const [before, after] = await Promise.all(
    [honest, noisy].map((forest) => fitFold('end2end', problemOf(forest, { variant: 'paper', features }), fold)),
  );
  assert.equal(differing(before, after), ['tree/weight', 'tree/bias']);
});

test.run();
