/** A run of one model at one size: nothing of it can be held out, and all the rest is computed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipeline, pipelineJson, workFolder } from './program.js';

const one = ['trace.models=[gpt2]', 'trace.batch_sizes=[8]', 'trace.lengths=[32]'].flatMap((set) => ['--set', set]);
const folder = workFolder();

interface Document {
  readonly stages: Readonly<Record<string, { readonly done: number }>>;
  readonly left_out: readonly string[];
}

test('measuring needs no split: a run up to featurize is not refused, nor warned', async () => {
  const { code, stderr } = await pipeline(folder, ['run', 'configs/quick.yaml', ...one, '--stage', 'featurize']);
  assert.is(code, 0, stderr);
  assert.not.match(stderr, 'warning');
});

test('the whole run measures, says what is left out and reports what there is', async () => {
  const { stages, left_out } = await pipelineJson<Document>(folder, ['run', 'configs/quick.yaml', ...one]);
  assert.equal(Object.keys(stages), ['trace', 'profile', 'align', 'featurize', 'report']);
  assert.is(left_out.length, 1);
  assert.match(left_out[0], /leave_model_out leaves nothing to train .* so nothing is trained or evaluated/);
  const page = readFileSync(join(folder, 'reports/quick/index.html'), 'utf8');
  assert.match(page, 'No model of this run was held out, so this is not known.');
  const settings = readFileSync(join(folder, 'reports/quick/tables/settings.md'), 'utf8');
  assert.match(settings, 'Nothing was held out in this run');
});

test('check tells it too, and a query of its errors says why there are none', async () => {
  const check = await pipeline(folder, ['check', 'configs/quick.yaml', ...one]);
  assert.is(check.code, 0, check.stderr);
  assert.match(check.stderr, 'warning: evaluate.splits: leave_model_out');
  const query = await pipeline(folder, ['query', 'configs/quick.yaml', ...one, 'FROM errors']);
  assert.is(query.code, 4);
  assert.match(query.stderr, /errors is no part of this run\n.*leave_model_out leaves nothing to train/);
});

test('what was measured is enough to predict others, without an interval', async () => {
  const calibrated = await pipeline(folder, ['calibrate', 'configs/quick.yaml', ...one, '--name', 'one']);
  assert.is(calibrated.code, 0, calibrated.stderr);
  const size = ['--batch', '8', '--length', '32', '--on', 'one'];
  const { wall_j, interval_low_j } = await pipelineJson<{ wall_j: number; interval_low_j: number | null }>(folder, [
    'predict',
    'gpt2',
    ...size,
  ]);
  assert.ok(wall_j > 0);
  assert.is(interval_low_j, null);
});

test.run();
