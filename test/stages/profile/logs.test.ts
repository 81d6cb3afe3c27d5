/** Somebody's own logs: what a replayed session would have left in files of others comes back as the same joules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table as ArrowTable } from 'apache-arrow';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError, UsageError } from '../../../pipeline/errors.js';
import { fromRows, toRows } from '../../../pipeline/rows.js';
import type { Source } from '../../../pipeline/stage.js';
import { run as runAlign } from '../../../stages/align/run.js';
import { alignParams } from '../../../stages/align/stage.js';
import { specificationOf } from '../../../stages/energy/benches/machine.js';
import { source as choice } from '../../../stages/energy/benches/source.js';
import { run as runLogs } from '../../../stages/profile/logs.js';
import { run as runReplay } from '../../../stages/profile/run.js';
import { profile } from '../../../stages/profile/stage.js';
import { rounds, session as sessions } from '../../../stages/profile/tables.js';
import { run as runTrace } from '../../../stages/trace/run.js';
import { thrown } from '../../thrown.js';
import { fakeContext } from '../context.js';

type Row = Record<string, string | number | boolean | null>;
type Tables = Readonly<Record<string, ArrowTable>>;

const model = 'distilgpt2';
const sizes = { models: [model], batch_sizes: [8], lengths: [32] };
/** A summer's day, so that London's clocks are an hour ahead of UTC. */
const shift_us = Date.UTC(2023, 6, 8, 9) * 1000;

async function trace(source: Source): Promise<Tables> {
  const context = await fakeContext({ params: sizes, partition: { model }, source });
  await runTrace(context);
  context.close();
  return Object.fromEntries(context.written);
}

async function session(run: typeof runLogs, source: Source, tables: Tables, params: object = {}): Promise<Tables> {
  const { nodes, operators } = tables;
  const options = { params: profile.params.parse(params), partition: { session: model }, source };
  const context = await fakeContext({ ...options, tables: { nodes, operators } });
  try {
    await run(context);
  } finally {
    context.close();
  }
  return Object.fromEntries(context.written);
}

async function align(
  { rounds, power, resources, session }: Tables,
  params: object = {},
): Promise<Record<string, Row[]>> {
  const tables = { rounds, power, resources, session };
  const context = await fakeContext({ params: alignParams.parse(params), partition: { session: model }, tables });
  await runAlign(context);
  context.close();
  return Object.fromEntries(Array.from(context.written, ([name, table]) => [name, toRows(table)]));
}

interface Bench {
  readonly folder: string;
  readonly trees: Tables;
  readonly replayed: Tables;
}

/** A local date and time in London, to the microsecond. */
function london(utc_us: number): string {
  const whole_s = Math.floor(utc_us / 1e6);
  const clock = new Date(whole_s * 1000 + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  return `${clock}.${String(utc_us - whole_s * 1e6).padStart(6, '0')}`;
}

const csv = (rows: readonly (readonly unknown[])[]): string => rows.map((row) => `${row.join(',')}\n`).join('');

/** Writes a session as three files in forms of others. */
function writeLogs({ folder, trees, replayed }: Bench): void {
  const nodes = new Map(
    toRows(trees.nodes)
      .toReversed()
      .map((node) => [node.measurement_id, node]),
  );
  const runs = toRows(replayed.rounds).map((round) => {
    const { scope, type } = nodes.get(round.measurement_id) ?? { scope: '', type: '' };
    const about = round.kind === 'sync' ? ['', '', '', '', ''] : [model, 8, 32, scope, type];
    return [...about, round.kind, round.repeats, Number(round.start_us) + shift_us, Number(round.end_us) + shift_us];
  });
  const header = ['net', 'batch', 'tokens', 'module', 'class', 'what', 'times', 'began', 'ended'];
  writeFileSync(join(folder, 'runs.csv'), csv([header, ...runs]));
  const power = toRows(replayed.power).map(({ seq, mono_us, voltage_v, current_a, real_power_w }) => {
    return [london(Number(mono_us) + shift_us), seq, voltage_v, current_a, `${Number(real_power_w).toFixed(2)} W`];
  });
  writeFileSync(join(folder, 'power.csv'), csv([['Time', 'No', 'U', 'I', 'P [W]'], ...power]));
  const resources = toRows(replayed.resources).map((sample) => [
    Number(sample.mono_us) + shift_us,
    ...['cpu_busy_ticks', 'cpu_total_ticks', 'mem_available_kib', 'gpu_pct', 'gpu_mem_pct'].map((name) => sample[name]),
    sample.gpu_clk_mhz,
    sample.gpu_mem_clk_mhz,
    Number(sample.gpu_power_w) * 1000,
  ]);
  const names = ['t', 'busy', 'all', 'free', 'gpu', 'mc', 'sm', 'mem', 'milliwatts'];
  writeFileSync(join(folder, 'resources.csv'), csv([names, ...resources]));
}

const settings = (folder: string, more: object = {}) => ({
  machine: { name: 'our box', threads: 20, memory_gib: 32 },
  zone: 'Europe/London',
  runs: {
    file: join(folder, 'runs.csv'),
    columns: { model: 'net', batch_size: 'batch', length: 'tokens', scope: 'module', type: 'class', kind: 'what', repeats: 'times', start_us: 'began', end_us: 'ended' }, // prettier-ignore
  },
  power: {
    file: join(folder, 'power.csv'),
    format: 'csv',
    columns: { time: 'Time', seq: 'No', voltage_v: 'U', current_a: 'I', real_power_w: 'P [W]' },
    standby: '75 W',
    period: '170 ms',
  },
  resources: {
    file: join(folder, 'resources.csv'),
    format: 'csv',
    columns: { time_us: 't', cpu_busy_ticks: 'busy', cpu_total_ticks: 'all', mem_available_kib: 'free', gpu_pct: 'gpu', gpu_mem_pct: 'mc', gpu_clk_mhz: 'sm', gpu_mem_clk_mhz: 'mem', gpu_power_mw: 'milliwatts' }, // prettier-ignore
  },
  ...more,
});

async function open(logs: object): Promise<Source> {
  const opened = await choice.open('logs', choice.params.parse({ source: ['logs'], logs }), { download: false });
  if ('reason' in opened) throw new UnavailableError(opened.reason);
  return opened;
}

const logs = suite<Bench>("somebody's own logs");

logs.before(async (bench) => {
  const twin = (await choice.open('twin', choice.params.parse({ source: ['twin'] }), { download: false })) as Source;
  const trees = await trace(twin);
  const replayed = await session(runReplay, twin, trees, { rounds: 3, instruments: { silences: 0 } });
  Object.assign(bench, { folder: mkdtempSync(join(tmpdir(), 'own-logs-')), trees, replayed });
  writeLogs(bench);
});

logs.after(({ folder }) => rmSync(folder, { recursive: true }));

logs('come back as the same trees, rounds, joules and clock as if they had been measured here', async (bench) => {
  const source = await open(settings(bench.folder));
  assert.is(source.label, 'measured, from logs');
  const trees = await trace(source);
  assert.equal(JSON.stringify(toRows(trees.nodes)), JSON.stringify(toRows(bench.trees.nodes)));
  const read = await session(runLogs, source, trees);
  const [facts] = toRows(read.session);
  assert.equal(
    [facts.bench, facts.meter, facts.meter_kind, facts.power_factor_source, facts.standby_w, facts.cpu_threads],
    ['our box', 'csv', 'window', 'measured', 75, 20],
  );
  assert.is(facts.meter_period_us, 170_000);
  assert.is(facts.resource_period_us, 170_000);
  const [own, expected] = [await align(read), await align(bench.replayed)];
  assert.ok(Math.abs(Number(own.clock[0].offset_s) - Number(expected.clock[0].offset_s)) < 1e-4);
  assert.is(own.measurements.length, expected.measurements.length);
  own.measurements.forEach((row, i) => {
    for (const name of ['wall_j', 'wall_vi_j', 'gpu_j', 'latency_s', 'cpu_pct', 'mem_pct', 'gpu_clk_mhz']) {
      const [found, wanted] = [Number(row[name]), Number(expected.measurements[i][name])];
      assert.ok(Math.abs(found / wanted - 1) < 1e-5, `${name} of ${row.measurement_id}: ${found}, expected ${wanted}`);
    }
    assert.is(row.excluded_by, expected.measurements[i].excluded_by);
  });
  assert.is(toRows(read.findings).length, 0);
});

/** The rounds alone, without the steps of the bursts. */
const withoutBursts = (tables: Tables): Tables => {
  const own = toRows(tables.rounds).filter(({ kind }) => kind === 'round');
  return { ...tables, rounds: fromRows(rounds, own as never) };
};

logs('without bursts the clock is told by the rounds, as well as its edges allow', async ({ replayed }) => {
  const [own, expected] = [await align(withoutBursts(replayed)), await align(replayed)];
  const [{ offset_s, residual_ms, edges }] = own.clock;
  // The ripple of the load moves every edge of a round; the bursts' steps are flat.
  assert.ok(Math.abs(Number(offset_s) - Number(expected.clock[0].offset_s)) < 0.04, `${offset_s}`);
  assert.ok(Number(residual_ms) < 40 && Number(edges) >= 60);
});

logs('where one clock stamped both logs none is sought; lag and window of the GPU are told', async ({ replayed }) => {
  // An odd interval, so that 3.5 of them are no whole microseconds.
  const facts = toRows(replayed.session).map((row) => ({ ...row, one_clock: true, meter_period_us: 170_001 }));
  const own = await align({ ...withoutBursts(replayed), session: fromRows(sessions, facts as never) });
  assert.equal([own.clock[0].edges, own.clock[0].offset_s], [0, 0]);
  const told = (id: string): string => String(own.findings.find(({ check_id }) => check_id === id)!.message);
  assert.match(told('1'), /one clock stamped both logs, as stated/);
  const lag = /lag -?\d+ ms \(95 %: (-?\d+) to (-?\d+) ms\), averaging window/.exec(told('gpu_lag'));
  const offset_ms = 1234;
  assert.ok(lag && Number(lag[1]) <= -offset_ms && Number(lag[2]) >= -offset_ms, told('gpu_lag'));
});

logs('a wrong zone shows as logs that have no moment in common', async ({ folder, trees }) => {
  const own = settings(folder);
  const source = await open({ ...own, power: { ...own.power, zone: '+14:00' } });
  const error = await thrown(() => session(runLogs, source, trees));
  assert.instance(error, UsageError);
  assert.match(error.message, /power\.csv tells of 2023-07-07 \d\d:.* UTC, but the runs are from 2023-07-08 09:/);
  assert.match(error.hint!, /they begin 13\.0\d h apart: is the zone of bench\.logs\.power/);
});

logs('what a run log cannot mean is told with its line', async ({ folder }) => {
  const own = settings(folder);
  const file = join(folder, 'wrong.csv');
  const columns = { model: 'm', batch_size: 'b', length: 's', scope: 'scope', start_s: 'from', end_s: 'to' };
  const problem = async (row: string): Promise<string> => {
    writeFileSync(file, `m,b,s,scope,from,to\n${row}\n`);
    const { message } = await thrown(async () => trace(await open({ ...own, runs: { file, columns } })));
    return message.replace(folder, '');
  };
  assert.match(
    await problem(`${model},8,32,h.0.atn,1688840857,1688840877`),
    /wrong\.csv:2: distilgpt2 has no node h\.0\.atn/,
  );
  assert.match(
    await problem(`${model},8,32,,1688840877,1688840857`),
    /wrong\.csv:2: end: expected a moment after the start/,
  );
  assert.match(
    await problem(`${model},8.5,32,,1688840857,1688840877`),
    /wrong\.csv:2: batch_size: expected a positive whole/,
  );
  assert.match(
    await problem(`${model},8,32,,yesterday,1688840877`),
    /wrong\.csv:2: column from: not a stamp as stated/,
  );
  assert.match(await problem(''), /wrong\.csv: no runs/);
});

logs('whole models alone make a tree of their root', async ({ folder }) => {
  const own = settings(folder);
  const file = join(folder, 'roots.csv');
  writeFileSync(file, `m,b,s,from,seconds\n${model},8,32,2023-07-08 10:10:00.25,20\n`);
  const columns = { model: 'm', batch_size: 'b', length: 's', time: 'x' };
  const { time: _, ...named } = columns;
  const source = await open({ ...own, runs: { file, columns: { ...named, start: 'from', duration_s: 'seconds' } } });
  const traced = await trace(source);
  assert.equal(toRows(traced.nodes).map(({ level, parent_id }) => [level, parent_id]), [['model', null]]); // prettier-ignore
  const found = toRows(traced.findings).map(({ check_id, message }) => [check_id, message]);
  assert.equal(found, [['not_measured', 'not measured but for model: no tree']]);
  const [round] = toRows((await session(runLogs, source, traced)).rounds);
  assert.is(round.start_us, Date.UTC(2023, 6, 8, 9, 10, 0, 250) * 1000);
  assert.is(Number(round.end_us) - Number(round.start_us), 20e6);
});

logs('nvidia-smi’s own columns, one GPU of two, and lines that are refused', async ({ folder, trees }) => {
  const own = settings(folder);
  const file = join(folder, 'smi.csv');
  const at = (s: number) =>
    london(shift_us + (600 + s) * 1e6)
      .replaceAll('-', '/')
      .slice(0, 23);
  const line = (s: number, gpu: number, watts: string) => `${at(s)}, ${gpu}, ${watts}, 30 %, [N/A], 1800 MHz`;
  writeFileSync(
    file,
    [
      'timestamp, index, power.draw [W], utilization.gpu [%], utilization.memory [%], clocks.current.sm [MHz]',
      line(1, 0, '46.19 W'),
      line(1, 1, '10.00 W'),
      line(2, 1, '11.00 W'),
      `${at(3)}, 1, 11`,
      line(4, 1, '[Unknown Error]'),
    ].join('\n'),
  );
  const resources = { file, format: 'nvidia_smi', gpu: 1 };
  const read = await session(runLogs, await open({ ...own, resources }), trees);
  const samples = toRows(read.resources);
  assert.equal(samples.map(({ gpu_power_w }) => gpu_power_w), [10, 11, null]); // prettier-ignore
  const { gpu_pct, gpu_mem_pct, gpu_clk_mhz, cpu_busy_ticks, mem_total_kib } = samples[0];
  assert.equal(
    [gpu_pct, gpu_mem_pct, gpu_clk_mhz, cpu_busy_ticks, mem_total_kib],
    [30, null, 1800, null, 32 * 2 ** 20],
  );
  const [refused] = toRows(read.findings);
  assert.equal([refused.check_id, refused.value], ['refused_lines', 1]);
  const unnamed = await thrown(async () => session(runLogs, await open({ ...own, resources: { ...resources, power: 'instant' } }), trees)); // prettier-ignore
  assert.match(unnamed.message, /smi\.csv:1: there is no column power\.draw\.instant/);
});

logs('a source of logs is asked for what it needs, and is not there without its files', async ({ folder }) => {
  const issues = (bench: object) => choice.params.safeParse(bench).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`); // prettier-ignore
  assert.equal(issues({ source: ['logs'] }), ['logs: expected a section that says where the logs are: runs, power, resources']); // prettier-ignore
  const own = settings(folder);
  assert.equal(issues({ source: ['logs'], logs: { ...own, power: { ...own.power, format: 'cvs' } } }), ['logs.power.format: there is no format "cvs"; nearest: csv']); // prettier-ignore
  const missing = await open({ ...own, power: { ...own.power, file: join(folder, 'none') } }).catch(
    (error: Error) => error,
  );
  assert.match((missing as Error).message, /there is no .*none \(bench\.logs\.power\.file\)/);
  const { name, cpu, memory, gpu } = specificationOf(await open(own));
  assert.equal([name, cpu, memory, gpu], ['our box', 'not stated, 20 threads', '32 GiB', null]);
});

logs.run();
