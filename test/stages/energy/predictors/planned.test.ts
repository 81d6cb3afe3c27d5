/** Planning: constants come back from a machine that is as the model says; what was never measured is said. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { readTwin, type Twin } from '../../../../stages/energy/benches/twin.js';
import { classesOf, levels, type Forest } from '../../../../stages/energy/predictors/forest.js';
import { fitLaunchQueue, queueParts, readQueue } from '../../../../stages/energy/predictors/launch_queue/fit.js';
import { planned } from '../../../../stages/energy/predictors/planned.js';
import { plannedClock } from '../../../../stages/energy/predictors/planned_clock.js';
import type { Fitted, Predictor } from '../../../../stages/energy/predictors/predictor.js';
import { computedForest, twinNodes, type MeasuredNode } from '../../computed_forest.js';
import { problemOf } from '../../forest_of.js';

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const exact: Twin = { ...twin, noise: { gpu_pct: 0, wall_pct: 0 }, clock: { ...twin.clock, sd_mhz: 0 } };
const models = ['bert-base-uncased', 'distilbert-base-uncased', 'distilgpt2'];
const grid = [[8, 16, 24, 32], [32, 64, 128, 192, 256]] as const; // prettier-ignore
const nodes = twinNodes(exact, models, ...grid);
const forest = computedForest(nodes);

const fitOn = (
  predictor: Predictor,
  of: Forest,
  heldOut: (run: { model: string; length: number }) => boolean,
): Fitted => [...predictor.fit({ ...problemOf(of), folds: [{ name: 'held', heldOut }] })][0];

const without = (model: string) => (run: { model: string }) => run.model === model;

/** Largest relative error at a level, in %. */
function worstPct(predictor: Predictor, fitted: Fitted, of: Forest, level: (typeof levels)[number]): number {
  const { classes, draws } = predictor.predict(fitted, of, of.workloads);
  return Math.max(
    ...Array.from(classes, (c, i) =>
      levels[of.level[c]] === level ? 100 * Math.abs(draws[0].wallJ[i] / of.wallJ[c] - 1) : 0,
    ),
  );
}

test('a machine that is as the model says gives its tiling and its static power back', () => {
  const { tiling, constants, clock } = fitLaunchQueue(forest, forest.workloads);
  const { multiprocessors, tile, tiles_at_once, split_below } = exact.tiling;
  assert.equal(
    [tiling.multiprocessors, tiling.tile, tiling.tiles_at_once, tiling.split_below],
    [multiprocessors, tile, tiles_at_once, split_below],
  );
  assert.ok(Math.abs(constants.static_w / exact.static_power_w - 1) < 0.01, String(constants.static_w));
  assert.is(clock, null, 'a steady clock is not used');
});

test('a model of it that nobody ran is planned within half a percent', () => {
  const fitted = fitOn(planned, forest, without('bert-base-uncased'));
  assert.ok(worstPct(planned, fitted, forest, 'model') < 0.5, String(worstPct(planned, fitted, forest, 'model')));
});

test('fitted constants survive being written down', () => {
  const fitted = fitLaunchQueue(forest, forest.workloads, true);
  assert.equal(readQueue(queueParts(fitted)), fitted);
  const unclocked = fitLaunchQueue(forest, forest.workloads);
  assert.equal(readQueue(queueParts(unclocked)), unclocked);
});

test('planning sees nothing that was measured of the model', () => {
  const fitted = fitOn(planned, forest, without('distilgpt2'));
  const told = fitOn(plannedClock, forest, without('distilgpt2'));
  const other = nodes.map((node) => ({ ...node, latency_s: 1, gpu_j: 1, wall_j: 1, gpu_pct: 50 }));
  for (const [predictor, one] of [
    [planned, fitted],
    [plannedClock, told],
  ] as const) {
    const [before, after] = [forest, computedForest(other as MeasuredNode[])].map((of) => {
      const { draws } = predictor.predict(
        one,
        of,
        of.workloads.filter(({ model }) => model === 'distilgpt2'),
      );
      return [...new Set(draws[0].wallJ)].sort();
    });
    assert.equal(after, before);
  }
});

test('where the clock drifts it is learned, and a told clock is better than none', () => {
  const slow = new Set(['distilbert-base-uncased']);
  const drifting = nodes.map((node): MeasuredNode => {
    const f = slow.has(node.model) ? 0.9 : 1;
    // Every kernel waits for the clock, and the voltage follows it: that of planned.md 4 with all terms clocked.
    return { ...node, gpu_clk_mhz: node.gpu_clk_mhz * f, latency_s: node.latency_s / f, wall_j: node.wall_j * f };
  });
  const of = computedForest(drifting);
  const { clock } = fitLaunchQueue(of, of.workloads);
  assert.ok(clock !== null);
  assert.ok(Math.abs(clock.lowest_mhz / clock.reference_mhz - 0.9) < 0.01);
});

test('what lies outside is said, and below it what a module rests on', () => {
  const encoders = fitOn(planned, forest, without('distilgpt2'));
  const gpt = forest.workloads.filter(({ model }) => model === 'distilgpt2');
  const { classes, extrapolated, reasons } = planned.predict(encoders, forest, gpt);
  const reasonOf = (type: string) => {
    const i = classes.findIndex((c) => forest.types[forest.type[c]] === type);
    return extrapolated[i] > 0 ? reasons[extrapolated[i] - 1] : null;
  };
  assert.is(reasonOf('Conv1D'), 'fitted on no Conv1D');
  assert.is(reasonOf('GPT2Model'), 'fitted on no Conv1D');
  assert.is(reasonOf('Softmax'), null);
  const short = fitOn(planned, forest, ({ length }) => length === 256);
  const long = forest.workloads.filter(({ length }) => length === 256);
  const found = planned.predict(short, forest, long);
  assert.equal(new Set(found.extrapolated).has(0), false);
  assert.ok(found.reasons.includes('length 256 of Linear, fitted at 32 to 192'), found.reasons.join('; '));
  assert.ok(found.reasons.includes('length 256, fitted at 32 to 192'));
});

test('a clock that was never measured is said', () => {
  const fitted = fitOn(plannedClock, forest, without('distilgpt2'));
  const told = (mhz: number) => {
    const at = computedForest(nodes.map((node): MeasuredNode => ({ ...node, gpu_clk_mhz: mhz })));
    const { reasons } = plannedClock.predict(fitted, at, at.workloads);
    return reasons.filter((reason) => reason.includes('clock'));
  };
  assert.equal(told(1000), ['GPU clock below 1890 MHz, the lowest it was fitted on']);
  assert.equal(told(2000), ['GPU clock above 1890 MHz, the highest it was fitted on']);
  assert.equal(told(1890), []);
});

test('a bench that has measured only a part borrows the rest', () => {
  const encoders = forest.workloads.filter(({ model }) => model !== 'distilgpt2');
  const { constants } = fitLaunchQueue(forest, encoders);
  assert.is(constants.gpu_us.conv1d_first_gf, constants.gpu_us.linear_first_gf);
  assert.is(constants.dynamic_mj.conv1d_gf, constants.dynamic_mj.linear_gf);
  assert.ok(constants.gpu_us.conv1d_first_gf > 0);
});

test('primitives are planned too, as the shape that was run', () => {
  const fitted = fitOn(planned, forest, without('bert-base-uncased'));
  const { classes, draws } = planned.predict(fitted, forest, forest.workloads);
  assert.equal(classes, classesOf(forest.workloads));
  const [workload] = forest.workloads;
  const shared = Array.from(classes).filter((c) => c < workload.inner && forest.types[forest.type[c]] === 'MatMul');
  assert.ok(shared.length > 1, 'Q·Kᵀ and P·V');
  assert.is(new Set(shared.map((c) => draws[0].wallJ[classes.indexOf(c)])).size, 1);
});

test.run();
