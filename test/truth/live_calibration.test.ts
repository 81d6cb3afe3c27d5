/**
 * `calibrate --live` by its real processes, of a PC whose joules are known: pseudo-terminal, logger with a stub of NVIDIA's
 * library, node runner by its protocol, killed in the middle. The designed set whole, its rounds alone shortened to what a
 * meter of 30 ms needs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipelineJson } from '../end_to_end/program.js';
import { needs } from '../needs.js';
import { calibrationModels } from '../../stages/commands/calibration_set.js';
import { buildRig } from '../stages/commands/bench_rig.js';
import { hasty, ProcessRig } from './process_rig.js';
import { type Size, twinTruth } from './twin_truth.js';

/** Measurements after which it is killed: the second model is being measured then. */
const killedAfter = 40;

/**
 * What the set allows in the mean on any of five machines (calibration_set.test.ts: 1 %), and a mean of rounds of two seconds
 * on a busy machine (faults.test.ts: 2 %).
 */
const within = 0.03;

/** A model that is kept back is extrapolated to: two models are left, of which one is tiny or has other products. */
const keptBackWithin = 0.05;

const neverRun: readonly (Size & { readonly model: string })[] = [
  { model: 'distilbert-base-uncased', batch_size: 16, length: 128 },
  { model: 'roberta-base', batch_size: 8, length: 64 },
  { model: 'distilgpt2', batch_size: 24, length: 240 },
  { model: 'google/bert_uncased_L-4_H-512_A-8', batch_size: 16, length: 96 },
];

interface KeptBack {
  readonly model: string;
  readonly predictor: string;
  readonly level: string;
  readonly n: number;
  readonly mean_pct: number;
}

interface Calibrated {
  readonly bench: { readonly fitted_on: { readonly measurements: number }; readonly predictors: object };
  readonly kept_back: readonly KeptBack[];
}

/** What the journals have of finished rounds, a line each; by measurement. */
function roundsIn(folder: string): Map<string, string[]> {
  const sessions = join(folder, 'data', 'sessions', 'truth-calibration');
  const found = new Map<string, string[]>();
  for (const model of existsSync(sessions) ? readdirSync(sessions) : []) {
    if (!existsSync(join(sessions, model, 'journal.jsonl'))) continue;
    const lines = readFileSync(join(sessions, model, 'journal.jsonl'), 'utf8').split('\n');
    for (const line of lines.filter((text) => text.includes('"round"'))) {
      const id = /"measurement_id":"([^"]+)"/.exec(line)?.[1];
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), line]);
    }
  }
  return found;
}

/** Steps of a burst of some periods of the meter. */
const live = { ...hasty.live, burst_scale: 0.05, above_standby_w: 10 };
const isGood = (line: string): boolean => line.includes('"excluded_by":[]');

const hastily = Object.entries(live).map(([key, value]) => `profile.live.${key}=${value}`); // prettier-ignore
const settings = [`profile.round=${hasty.round}`, ...hastily].flatMap((one) => ['--set', one]);
const command = ['calibrate', '--live', 'bench.yaml', '--output', 'ours.yaml', ...settings];

const socat = needs('socat');
const make = needs('make');

/** Kills it in the second model and starts it again, to its end; gives what it measured. */
async function calibrated(rig: ProcessRig): Promise<Map<string, string[]>> {
  const { child, ended } = rig.start(...command);
  let running = true;
  const end = ended.then(() => (running = false));
  while (running && roundsIn(rig.folder).size < killedAfter) await sleep(200);
  assert.ok(running, rig.said);
  child.kill('SIGKILL');
  await end;
  const before = roundsIn(rig.folder);
  // What the dead one started ends with it; the port is free then.
  await sleep(1500);
  assert.is(await rig.start(...command).ended, 0, rig.said);
  const after = roundsIn(rig.folder);
  for (const [id, lines] of before) {
    // A round that a check left out is done again, as it would have been.
    if (lines.some(isGood)) assert.equal(after.get(id), lines, `${id} is not measured again`);
  }
  assert.ok(after.size > before.size);
  assert.match(rig.said, /mean error of each model, predicted from the others/);
  return after;
}

async function judged(rig: ProcessRig, measurements: number): Promise<void> {
  const { bench, kept_back } = await pipelineJson<Calibrated>(rig.folder, [...command, '--force']);
  assert.is(bench.fitted_on.measurements, measurements);
  for (const level of ['module', 'model']) {
    const own = kept_back.filter((one) => one.predictor === 'planned' && one.level === level);
    assert.equal(own.map(({ model }) => model).sort(), [...calibrationModels].sort());
    for (const { n, mean_pct } of own)
      assert.ok(n > 0 && mean_pct > 0 && mean_pct < 100 * keptBackWithin, `${mean_pct}`);
  }
  for (const { model, ...size } of neverRun) {
    const asked = ['predict', model, '--on', 'ours.yaml', '--batch', `${size.batch_size}`, '--length', `${size.length}`]; // prettier-ignore
    const { wall_j } = await pipelineJson<{ wall_j: number }>(rig.folder, asked);
    const { wall_w, latency_s } = twinTruth(model, [size]).truth({ ...size, node_id: 0 });
    const known_j = wall_w * latency_s;
    assert.ok(Math.abs(wall_j / known_j - 1) < within, `${model}: ${wall_j} J, ${known_j} J are known`);
  }
}

if (socat && make && needs('cc')) {
  test('killed and gone on with, it tells the joules of models that never ran, and how far off those kept back are', async () => {
    const rig = new ProcessRig(buildRig(make), socat, hasty, 'nothing', 'cuda:0', 'twin');
    try {
      await rig.plug();
      await judged(rig, (await calibrated(rig)).size);
    } finally {
      await rig.end();
    }
  });
}

test.run();
