/**
 * The designed set, tried where the truth is known: a simulated machine measured with it plans models that were never in
 * it. What a real session adds is test/truth's matter.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import { Document, parse } from 'yaml';
import * as assert from 'uvu/assert';
import type { Source } from '../../../pipeline/stage.js';
import { packageRoot } from '../../../pipeline/paths.js';
import {
  calibrationModels,
  calibrationNodes,
  calibrationSet,
  calibrationSizes,
  roundFor,
} from '../../../stages/commands/calibration_set.js';
import { readTwin, type Twin } from '../../../stages/energy/benches/twin.js';
import { resourceFeatures } from '../../../stages/energy/predictors/feature_sets.js';
import { levels } from '../../../stages/energy/predictors/forest.js';
import { planned } from '../../../stages/energy/predictors/planned.js';
import { isMeasured } from '../../../stages/energy/tree/measured.js';
import { leftToMeasure } from '../../../stages/profile/live/forecast.js';
import { profileParams } from '../../../stages/profile/stage.js';
import { traceParams } from '../../../stages/trace/stage.js';
import { computedForest, type MeasuredNode, twinNodes } from '../computed_forest.js';
import { problemOf } from '../forest_of.js';
import { runProgram } from './run_program.js';

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));

/** Overrides as `--set` takes them, as the tree that they make. */
function settingsOf(set: readonly string[]): Record<string, Record<string, unknown>> {
  const document = new Document({});
  for (const one of set) {
    const at = one.indexOf('=');
    document.setIn(one.slice(0, at).split('.'), parse(one.slice(at + 1)));
  }
  return document.toJS() as Record<string, Record<string, unknown>>;
}

const others = ['distilbert-base-uncased', 'roberta-base', 'openai-gpt', 'google/bert_uncased_L-4_H-512_A-8'];

/** A node that the set leaves out: it is in the tree, and nothing is known of it. */
const leftOut = (one: MeasuredNode): MeasuredNode => ({
  ...one,
  ...Object.fromEntries(['wall_j', 'gpu_j', ...resourceFeatures].map((name) => [name, NaN])),
});

/** Of whole models that are not in the set, errors in % on a machine that was measured with it. */
function errorsOf(machine: Twin): { readonly mean: number; readonly worst: number } {
  const { batch_sizes, lengths } = calibrationSizes;
  const traced = batch_sizes.flatMap((batch, i) => twinNodes(machine, calibrationModels, [batch], [lengths[i]]));
  const inSet = traced.map((one) => (isMeasured(one.node, calibrationNodes) ? one : leftOut(one)));
  const byModel = calibrationModels.flatMap((model) => inSet.filter((one) => one.model === model));
  const forest = computedForest([...byModel, ...twinNodes(machine, others, [8, 16, 32], [64, 128, 256])]);
  const folds = [{ name: 'others', heldOut: ({ model }: { model: string }) => others.includes(model) }];
  const [fitted] = [...planned.fit({ ...problemOf(forest), folds })];
  const { classes, draws } = planned.predict(fitted, forest, forest.workloads.filter(folds[0].heldOut));
  const errors = Array.from(classes).flatMap((c, i) =>
    levels[forest.level[c]] === 'model' ? [100 * Math.abs(draws[0].wallJ[i] / forest.wallJ[c] - 1)] : [],
  );
  return { mean: errors.reduce((sum, error) => sum + error, 0) / errors.length, worst: Math.max(...errors) };
}

const scaled = <Term extends string>(of: Readonly<Record<Term, number>>, by: number, keep = /call|kernel/) =>
  Object.fromEntries(Object.entries<number>(of).map(([term, value]) => [term, keep.test(term) ? value : value * by])) as Record<Term, number>; // prettier-ignore

/** GPUs of other sizes and speeds, and one behind a slow CPU that cuts its products otherwise. */
const machines: Readonly<Record<string, Twin>> = {
  'PC1': twin,
  'four times as many multiprocessors': { ...twin, gpu_us: scaled(twin.gpu_us, 1 / 4), tiling: { ...twin.tiling, multiprocessors: 60 } },
  'a large GPU': { ...twin, gpu_us: scaled(twin.gpu_us, 1 / 12), dynamic_mj: scaled(twin.dynamic_mj, 0.4), tiling: { ...twin.tiling, multiprocessors: 128 } },
  'a small GPU': { ...twin, gpu_us: scaled(twin.gpu_us, 2.5), tiling: { ...twin.tiling, multiprocessors: 6 } },
  'a slow CPU, other tiles': { ...twin, launch_us: scaled(twin.launch_us, 2.5, /^$/), gpu_us: scaled(twin.gpu_us, 1 / 4), tiling: { ...twin.tiling, multiprocessors: 46, tile: [128, 64], tiles_at_once: 1 } },
}; // prettier-ignore

for (const [name, machine] of Object.entries(machines)) {
  test(`${name}: measured with the set it plans models that were not in it`, () => {
    const { mean, worst } = errorsOf(machine);
    assert.ok(mean < 1, String(mean));
    assert.ok(worst < 4, String(worst));
  });
}

/** Half an hour less what no forecast knows: starting PyTorch six times, fitting, some cooling. */
const forecastWithin_s = 27 * 60;

const metered: Source = { kind: 'live', label: 'live', place: {}, about: { live: { meter: { type: 'emonpi' } } } };

test('it takes less than half an hour', () => {
  const { trace, profile } = settingsOf(calibrationSet('our-box'));
  const left = leftToMeasure(
    { trace: traceParams.parse(trace), profile: profileParams.parse(profile) },
    metered,
    'our-box',
  );
  assert.is(left.measurements, 83);
  assert.ok(left.seconds < forecastWithin_s, String(left.seconds));
});

test('rounds have the lines that check 5 demands, whatever the meter', () => {
  assert.is(roundFor(170_000), 11);
  assert.is(roundFor(null), 11);
  assert.is(roundFor(1_000_000), 64);
});

test('the set takes the place of what the configuration says, under a name of its own', () => {
  const set = calibrationSet('our-box');
  assert.is(set[0], 'run=our-box-calibration');
  assert.ok(set.includes('evaluate.splits=[leave_model_out]'));
});

test('--live is for a bench of one’s own', async () => {
  process.chdir(mkdtempSync(join(tmpdir(), 'calibrate-live-')));
  writeFileSync('twin.yaml', 'run: twin\nbench: { source: [twin] }\n');
  const simulated = await runProgram('calibrate', '--live', 'twin.yaml');
  assert.is(simulated.code, 2);
  assert.match(simulated.stderr, /twin\.yaml: --live measures on a bench of one's own, and bench\.source is \[twin\]/);
  const nothing = await runProgram('calibrate', '--live');
  assert.is(nothing.code, 2);
  assert.match(nothing.stderr, /--live needs a configuration/);
});

test.run();
