/**
 * The designed set, tried where the truth is known: a simulated machine measured with it plans models that were never in
 * it. What a real session adds is test/truth's matter.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import {
  calibrationBatchSizes,
  calibrationLengths,
  calibrationModels,
  calibrationSet,
} from '../../../stages/commands/calibration_set.js';
import { readTwin, type Twin } from '../../../stages/energy/benches/twin.js';
import { levels } from '../../../stages/energy/predictors/forest.js';
import { planned } from '../../../stages/energy/predictors/planned.js';
import { computedForest, twinNodes } from '../computed_forest.js';
import { problemOf } from '../forest_of.js';
import { runProgram } from './run_program.js';

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));

/** Mean error in % of whole models that are not in the set, on a machine of so many multiprocessors. */
function errorPct(machine: Twin): number {
  const measured = twinNodes(machine, calibrationModels, calibrationBatchSizes, calibrationLengths);
  const others = ['distilbert-base-uncased', 'roberta-base', 'openai-gpt'];
  const forest = computedForest([...measured, ...twinNodes(machine, others, [8, 16, 32], [64, 128, 256])]);
  const folds = [{ name: 'others', heldOut: ({ model }: { model: string }) => others.includes(model) }];
  const [fitted] = [...planned.fit({ ...problemOf(forest), folds })];
  const { classes, draws } = planned.predict(fitted, forest, forest.workloads.filter(folds[0].heldOut));
  const errors = Array.from(classes).flatMap((c, i) =>
    levels[forest.level[c]] === 'model' ? [100 * Math.abs(draws[0].wallJ[i] / forest.wallJ[c] - 1)] : [],
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

test('a machine that was measured with the set plans models that were not in it', () => {
  assert.ok(errorPct(twin) < 1, String(errorPct(twin)));
});

test('a GPU of four times as many multiprocessors, each constant per work a quarter: likewise', () => {
  const quarter = <Term extends string>(of: Readonly<Record<Term, number>>) =>
    Object.fromEntries(Object.entries<number>(of).map(([term, value]) => [term, /call|kernel/.test(term) ? value : value / 4])) as Record<Term, number>; // prettier-ignore
  const large: Twin = { ...twin, gpu_us: quarter(twin.gpu_us), tiling: { ...twin.tiling, multiprocessors: 60 } };
  assert.ok(errorPct(large) < 2, String(errorPct(large)));
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
