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
  const standby = await pipelineJson<object[]>(folder, ['query', 'ours.yaml', 'SELECT DISTINCT standby_w, round(gpu_standby_w) AS gpu_w FROM session']); // prettier-ignore
  assert.equal(standby, [{ standby_w: null, gpu_w: 10 }], 'the idle GPU of the simulated PC');
  const { code, stdout } = await pipeline(folder, ['check', 'ours.yaml']);
  assert.is(code, 0);
  assert.match(stdout, 'not stated: there is no power meter');
});

interface Predicted {
  readonly energy?: string;
  readonly gpu_j?: number;
  readonly wall_j?: number;
  readonly gpu_interval_low_j?: number;
  readonly coverage?: number;
  readonly source: string;
}

interface Calibrated {
  readonly bench: { readonly energy?: string; readonly predictors: Readonly<Record<string, object>> };
  readonly kept_back?: readonly { readonly model: string; readonly level: string; readonly mean_pct: number }[];
}

test('without a meter calibrate fits GPU joules, and predict, compare and what-if answer with them, labelled so', async () => {
  const folder = await benchWithout('meter');
  const run = (...args: readonly string[]) => pipeline(folder, args);
  assert.is((await run('run', 'ours.yaml', '--quiet')).code, 0);
  const { bench, kept_back } = await pipelineJson<Calibrated>(folder, [
    'calibrate',
    'ours.yaml',
    '--output',
    'gpu.yaml',
  ]);
  assert.is(bench.energy, 'gpu_j');
  assert.equal(Object.keys(bench.predictors), ['planned', 'planned_clock']);
  assert.equal([...new Set(kept_back!.map(({ model }) => model))], models);
  const told = await run('calibrate', 'ours.yaml', '--output', 'gpu.yaml');
  assert.is(told.code, 0, 'the same bytes again');
  assert.match(told.stdout, /^GPU alone, not the wall: [\d.]+ W × time \+ what the kernels take \(simulated PC: measured live, GPU only: no meter\)/); // prettier-ignore
  assert.match(told.stdout, /mean error of each model, predicted from the others/);
  assert.match(told.stderr, 'no coverage of intervals is known');

  const asked = ['bert-base-uncased', '--on', 'gpu.yaml', '--batch', '2', '--length', '8'];
  const predicted = await pipelineJson<Predicted>(folder, ['predict', ...asked]);
  assert.is(predicted.energy, 'gpu_j');
  assert.is(predicted.wall_j, undefined);
  assert.ok(predicted.gpu_j! > 0 && predicted.gpu_interval_low_j! < predicted.gpu_j!);
  assert.is(predicted.coverage, 0.9);
  assert.match((await run('predict', ...asked)).stdout, /^GPU alone, not the wall: /);
  assert.match((await run('compare', 'gpt2', ...asked)).stdout, /^GPU alone, not the wall: /);
  assert.match((await run('what-if', ...asked, '--set', 'layers=6')).stdout, /^GPU alone, not the wall: layers 6: /);

  const mixed = await run('compare', 'gpt2', 'distilgpt2', '--on', 'pc1,gpu.yaml');
  assert.is(mixed.code, 2);
  assert.match(
    mixed.stderr,
    /PC1 predicts joules at the wall, simulated PC the GPU’s joules alone: they cannot be compared/,
  );
  writeFileSync(join(folder, 'profile.csv'), 'scope,latency_s,gpu_j\n,0.1,5\n');
  const profiled = await run('predict', ...asked, '--profile', 'profile.csv');
  assert.is(profiled.code, 2);
  assert.match(
    profiled.stderr,
    /simulated PC has no meter: it plans the GPU’s joules.*setting profiled[^]*leave the profile out/,
  );
});

test('without a GPU calibrate fits what goes by none', async () => {
  const folder = await benchWithout('gpu');
  assert.is((await pipeline(folder, ['run', 'ours.yaml', '--stage', 'featurize', '--quiet'])).code, 0);
  const { bench } = await pipelineJson<Calibrated>(folder, ['calibrate', 'ours.yaml', '--output', 'wall.yaml']);
  assert.is(bench.energy, undefined);
  assert.equal(Object.keys(bench.predictors), ['planned']);
  const { wall_j } = await pipelineJson<Predicted>(folder, ['predict', 'bert-base-uncased', '--on', 'wall.yaml']);
  assert.ok(wall_j! > 0);
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
