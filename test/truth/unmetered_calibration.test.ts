/**
 * A machine without a meter, from its instruments to an answer: the designed set is measured on a simulated PC whose GPU
 * joules are known, calibrated by the program, and asked for models that never ran there.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { calibrationSet } from '../../stages/commands/calibration_set.js';
import { pipeline, pipelineJson } from '../end_to_end/program.js';
import { leaveSession } from './left_behind.js';
import { type Size, twinTruth } from './twin_truth.js';

/** A setting of the designed set, as `--set` takes it. */
const setting = (key: string): unknown =>
  parse(
    calibrationSet('ours')
      .find((one) => one.startsWith(`${key}=`))
      ?.slice(key.length + 1) ?? 'null',
  );

function sizesOfSet(): Size[] {
  const [batches, lengths] = [setting('trace.batch_sizes'), setting('trace.lengths')] as [number[], number[]];
  if (setting('trace.paired')) return batches.map((batch_size, i) => ({ batch_size, length: lengths[i] }));
  return batches.flatMap((batch_size) => lengths.map((length) => ({ batch_size, length })));
}

const models = setting('trace.models') as string[];
const rounds = { round: parseFloat(String(setting('profile.round'))), rounds: Number(setting('profile.rounds')) };

/** A folder with finished sessions of the set: more nodes than it asks for do no harm. */
async function measured(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'irene-unmetered-'));
  writeFileSync(join(folder, 'ours.yaml'), 'run: ours\nbench: { source: [live], live: { machine: { name: simulated PC, threads: 20 }, gpu: GPU-0 } }\n'); // prettier-ignore
  for (const model of models) {
    await leaveSession(folder, 'ours-calibration', model, 'meter', { ...twinTruth(model, sizesOfSet()), rounds });
  }
  return folder;
}

interface Predicted {
  readonly gpu_j: number;
  readonly gpu_interval_low_j: number;
  readonly gpu_interval_high_j: number;
  readonly latency_s: number;
}

test('what a model takes that never ran there is the GPU’s joules that are known', async () => {
  const folder = await measured();
  const live = ['calibrate', '--live', 'ours.yaml', '--output', 'gpu.yaml'];
  const planned = await pipeline(folder, [...live, '--dry-run']);
  assert.match(planned.stdout + planned.stderr, /measurements \(\d+ are done\)|0 measurements/);
  const { code, stdout, stderr } = await pipeline(folder, live);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^GPU alone, not the wall: [^]*mean error of each model, predicted from the others/);
  for (const model of ['distilbert-base-uncased', 'roberta-base', 'distilgpt2']) {
    for (const size of sizesOfSet()) {
      const asked = [
        'predict',
        model,
        '--on',
        'gpu.yaml',
        '--batch',
        `${size.batch_size}`,
        '--length',
        `${size.length}`,
      ];
      const { gpu_j, gpu_interval_low_j, gpu_interval_high_j, latency_s } = await pipelineJson<Predicted>(
        folder,
        asked,
      );
      const truth = twinTruth(model, [size]).truth({ ...size, node_id: 0 });
      const known_j = truth.gpu_w * truth.latency_s;
      assert.ok(Math.abs(gpu_j / known_j - 1) < 0.02, `${model}: ${gpu_j} J, ${known_j} J are known`);
      assert.ok(gpu_interval_low_j < known_j && known_j < gpu_interval_high_j, `${model}: ${known_j} J is outside`);
      assert.ok(Math.abs(latency_s / truth.latency_s - 1) < 0.02, `${model}: ${latency_s} s`);
    }
  }
});

test.run();
