/**
 * A machine without a meter, from its instruments to an answer: measured on a simulated PC whose GPU joules are known,
 * calibrated by the program, asked for a model that never ran there.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipeline, pipelineJson } from '../end_to_end/program.js';
import { leaveSession } from './left_behind.js';
import { twinTruth } from './twin_truth.js';

const models = ['google/bert_uncased_L-2_H-256_A-4', 'bert-base-uncased', 'gpt2'];
const sizes = [8, 24].flatMap((batch_size) => [64, 240].map((length) => ({ batch_size, length })));
const rounds = { round: 5, rounds: 3 };

const configuration = `run: ours
bench: { source: [live], live: { machine: { name: simulated PC, threads: 20 }, gpu: GPU-0 } }
trace: { models: [${models.join(', ')}], batch_sizes: [8, 24], lengths: [64, 240] }
profile: { round: ${rounds.round} s, rounds: ${rounds.rounds} }
`;

interface Predicted {
  readonly gpu_j: number;
  readonly gpu_interval_low_j: number;
  readonly gpu_interval_high_j: number;
  readonly latency_s: number;
}

test('what a model takes that never ran there is the GPU’s joules that are known', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irene-unmetered-'));
  writeFileSync(join(folder, 'ours.yaml'), configuration);
  for (const model of models)
    await leaveSession(folder, 'ours', model, 'meter', { ...twinTruth(model, sizes), rounds });
  const ran = await pipeline(folder, ['run', 'ours.yaml', '--quiet']);
  assert.is(ran.code, 0, ran.stderr);
  const { code, stdout, stderr } = await pipeline(folder, ['calibrate', 'ours.yaml', '--output', 'gpu.yaml']);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^GPU alone, not the wall: /);
  for (const model of ['distilbert-base-uncased', 'roberta-base', 'distilgpt2']) {
    for (const size of [
      { batch_size: 8, length: 128 },
      { batch_size: 24, length: 240 },
    ]) {
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
