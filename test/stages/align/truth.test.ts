/**
 * The truth rig: means known beforehand become logs (profile), which align must turn back into the same joules. With
 * every imperfection off to 1e-6; with METHODS 6's defaults as well as METHODS promises.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toRows } from '../../../pipeline/rows.js';
import { run as runAlign } from '../../../stages/align/run.js';
import { alignParams } from '../../../stages/align/stage.js';
import type { MeasurementMean } from '../../../stages/energy/benches/bench.js';
import { measurementMeans } from '../../../stages/energy/benches/means.js';
import { source as choice } from '../../../stages/energy/benches/source.js';
import type { Source } from '../../../pipeline/stage.js';
import { defaultInstruments } from '../../../stages/profile/instruments.js';
import { run as runProfile } from '../../../stages/profile/run.js';
import { profile } from '../../../stages/profile/stage.js';
import { run as runTrace } from '../../../stages/trace/run.js';
import { fakeContext } from '../context.js';

const model = 'distilgpt2';
/** Six workloads: 64 measurements, two hours. */
const sizes = { models: [model], batch_sizes: [8, 16], lengths: [32, 128, 256] };

type Row = Record<string, string | number | boolean | null>;

interface Rig {
  readonly truth: ReadonlyMap<string, MeasurementMean>;
  readonly measurements: readonly Row[];
  readonly clock: Row;
  readonly findings: readonly Row[];
}

const source = (await choice.open('twin', { source: ['twin'], device: 'device_1' }, { download: false })) as Source;
const traced = await fakeContext({ params: sizes, partition: { model }, source });
await runTrace(traced);
const trees = { nodes: traced.written.get('nodes')!, operators: traced.written.get('operators')! };
traced.close();

/** The means that the replay starts from. */
async function meansOf(): Promise<ReadonlyMap<string, MeasurementMean>> {
  const rows = async <T>(name: keyof typeof trees): Promise<T[]> => toRows(trees[name]) as unknown as T[];
  return measurementMeans(source, model, { nodes: () => rows('nodes'), operators: () => rows('operators') });
}

async function rig(instruments: string): Promise<Rig> {
  const params = profile.params.parse({ instruments });
  const logs = await fakeContext({ params, partition: { session: model }, source, tables: trees });
  await runProfile(logs);
  const tables = Object.fromEntries(logs.written);
  logs.close();
  const context = await fakeContext({ params: alignParams.parse({}), partition: { session: model }, tables });
  await runAlign(context);
  context.close();
  const written = (name: string): Row[] => toRows(context.written.get(name)!);
  const [clock] = written('clock');
  return { truth: await meansOf(), measurements: written('measurements'), clock, findings: written('findings') };
}

/** How far the mean over a measurement's rounds is off, relative, for every measurement. */
function deviations({ truth, measurements }: Rig, column: 'wall_j' | 'gpu_j' | 'latency_s'): number[] {
  const kept = new Map<string, number[]>();
  for (const row of measurements) {
    const id = String(row.measurement_id);
    const values = kept.get(id) ?? [];
    if (!row.excluded) values.push(Number(row[column]));
    kept.set(id, values);
  }
  return [...kept].map(([id, values]) => {
    assert.ok(values.length >= 3, `${id}: ${values.length} rounds`);
    return values.reduce((sum, value) => sum + value, 0) / values.length / truth.get(id)![column] - 1;
  });
}

const defaults = await rig('default');

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const worst = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

test('ideal instruments: wall and GPU joules and latencies come back to 1e-6', async () => {
  const found = await rig('ideal');
  assert.ok(found.truth.size >= 60, `${found.truth.size} measurements`);
  assert.is(found.measurements.length, 5 * found.truth.size);
  for (const column of ['wall_j', 'gpu_j', 'latency_s'] as const) {
    assert.ok(worst(deviations(found, column)) <= 1e-6, `${column}: ${worst(deviations(found, column))}`);
  }
  assert.equal(
    found.findings.filter(({ severity }) => severity !== 'info'),
    [],
  );
  for (const row of found.measurements) assert.ok(Number(row.lines) > 0 && row.lines_missing === 0 && row.gap_s === 0);
});

test('default instruments: within 0.03 % in the mean and 0.2 % at worst, without bias; the clock within 5 ms and 2 ppm', () => {
  const found = defaults;
  for (const column of ['wall_j', 'gpu_j'] as const) {
    const off = deviations(found, column);
    assert.ok(mean(off.map(Math.abs)) <= 3e-4, `${column}: ${mean(off.map(Math.abs))} in the mean`);
    assert.ok(worst(off) <= 2e-3, `${column}: ${worst(off)} at worst`);
    // The mean of n deviations of d each scatters by d / √n: three times that is no bias.
    assert.ok(Math.abs(mean(off)) <= (3 * 3e-4) / Math.sqrt(off.length), `${column}: bias ${mean(off)}`);
  }
  const { clock_offset, clock_drift, arrival_delay } = defaultInstruments;
  assert.ok(
    Math.abs(Number(found.clock.offset_s) - clock_offset - arrival_delay) <= 0.005,
    `${found.clock.offset_s} s`,
  );
  assert.ok(Math.abs(Number(found.clock.drift_ppm) - 1e6 * clock_drift) <= 2, `${found.clock.drift_ppm} ppm`);
  for (const row of found.measurements) {
    const duration_s = Number(row.latency_s) * Number(row.repeats);
    assert.ok(Math.abs(Number(row.covered_s) + Number(row.gap_s) - duration_s) <= 1e-6);
  }
});

test('default instruments: the meter’s silences exclude rounds, are listed, and nothing else is broken', () => {
  const { measurements, findings } = defaults;
  const excluded = measurements.filter((row) => row.excluded);
  const listed = findings.filter(({ severity }) => severity !== 'info');
  assert.ok(excluded.length >= 1 && excluded.length <= 6, `${excluded.length} rounds`);
  assert.equal(
    listed.map(({ check_id, severity, subject }) => [check_id, severity, subject]).sort(),
    excluded.map((row) => ['4', 'exclude', `${row.measurement_id} round ${row.round}`]).sort(),
  );
  for (const row of excluded) assert.equal([row.excluded_by, row.wall_j], ['4', null]);
});

test.run();
