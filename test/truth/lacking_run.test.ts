/** Benches without a meter or without a GPU, by the program: what a run of them gives, and what it says of the rest. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipeline, pipelineJson } from '../end_to_end/program.js';
import { leaveSession } from './left_behind.js';
import { fewSignatures, tinyBert, tinyWorkload, truthOf } from './truth.js';

const models = [fewSignatures, tinyBert];

const configuration = (instruments: string): string => `run: ours
bench:
  source: [live]
  live: { machine: { name: simulated PC, threads: 20 }, ${instruments} }
trace: { models: [${models.join(', ')}], batch_sizes: [${tinyWorkload.batch_size}], lengths: [${tinyWorkload.length}] }
train: { predictors: [unstructured_ols, law, planned], features: [all, model_only], seeds: 1 }
`;

/** A folder with two finished sessions of a bench that lacks something. */
async function benchWithout(lacks: 'meter' | 'gpu'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `irene-no-${lacks}-`));
  const instruments = lacks === 'meter' ? 'gpu: GPU-0' : 'meter: { type: emonlib, port: /dev/not-there }';
  writeFileSync(join(folder, 'ours.yaml'), configuration(instruments));
  for (const model of models) await leaveSession(folder, 'ours', model, lacks);
  return folder;
}

interface Row {
  readonly type: string;
  readonly wall_j: number | null;
  readonly gpu_j: number | null;
}

interface Document {
  readonly source: { readonly label: string };
  readonly stages: Readonly<Record<string, { readonly done: number }>>;
  readonly left_out: readonly string[];
}

const energies = ['query', 'ours.yaml', 'SELECT type, wall_j, gpu_j FROM features'];

test('without a meter a run gives GPU joules, labelled so, and says that nothing is trained', async () => {
  const folder = await benchWithout('meter');
  const { source, stages, left_out } = await pipelineJson<Document>(folder, ['run', 'ours.yaml']);
  assert.is(source.label, 'measured live, GPU only: no meter');
  assert.equal(Object.keys(stages), ['trace', 'profile', 'align', 'featurize']);
  assert.match(left_out.join(), 'no meter: the wall’s joules are not known');
  for (const { type, wall_j, gpu_j } of await pipelineJson<Row[]>(folder, energies)) {
    const { gpu_w, latency_s } = truthOf({ type });
    assert.is(wall_j, null);
    assert.ok(Math.abs(gpu_j! / (gpu_w * latency_s) - 1) < 0.01, type);
  }
  const { code, stdout } = await pipeline(folder, ['check', 'ours.yaml']);
  assert.is(code, 0);
  assert.match(stdout, 'not stated: there is no power meter');
});

test('without a GPU a run gives wall joules, trains what goes by no GPU, and reports', async () => {
  const folder = await benchWithout('gpu');
  const { stages, left_out } = await pipelineJson<Document>(folder, ['run', 'ours.yaml']);
  assert.match(left_out.join(), 'no GPU, and left out is what goes by one: unstructured_ols with all; law (');
  assert.is(stages.evaluate.done, 2);
  assert.ok(existsSync(join(folder, 'reports', 'ours', 'index.html')));
  for (const { type, wall_j, gpu_j } of await pipelineJson<Row[]>(folder, energies)) {
    const { wall_w, latency_s } = truthOf({ type });
    assert.is(gpu_j, null);
    assert.ok(Math.abs(wall_j! / (wall_w * latency_s) - 1) < 1e-3, type);
  }
});

test('a bench with neither is refused in the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irene-nothing-'));
  writeFileSync(join(folder, 'ours.yaml'), configuration('clocks: null'));
  const { code, stderr } = await pipeline(folder, ['run', 'ours.yaml']);
  assert.is(code, 2);
  assert.match(stderr, 'expected a power meter or a GPU');
});

test.run();
