/**
 * Replays one session: means → schedule → what the meter and the logger would have written.
 *
 *     nodes ─▶ measurements ─▶ mean of each ─▶ schedule.ts ─┬─▶ rounds      what ran when       (host's clock)
 *                              (means.ts)    rounds, bursts ├─▶ power       meter.ts, 170 ms    (meter's clock)
 *                                                           ├─▶ resources   logger.ts, 170 ms   (host's clock)
 *                                                           └─▶ session     what the bench states, no more
 *
 * The configured offset and drift of the meter's clock are in the stamps of `power` and nowhere else: align finds them.
 */
import { readFile } from 'node:fs/promises';
import { makeVector, Table } from 'apache-arrow';
import type { Database } from '../../pipeline/database.js';
import { findings } from '../../pipeline/findings.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { fromRows, strings, toRows } from '../../pipeline/rows.js';
import type { MeasurementMean } from '../energy/benches/bench.js';
import { type Machine, machineOf } from '../energy/benches/machine.js';
import { measurementMeans } from '../energy/benches/means.js';
import type { TwinNode, TwinOperator } from '../energy/benches/twin.js';
import { resourceLog } from './logger.js';
import { meterLog } from './meter.js';
import { type Schedule, schedule, started_utc_us } from './schedule.js';
import type { ProfileParams } from './stage.js';
import { failures, power, resources, rounds, session } from './tables.js';

const sql = (name: string): Promise<string> => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

const kibPerGib = 2 ** 20;

export async function run(context: TaskContext<ProfileParams>): Promise<void> {
  const { params, partition, source, database, write, progress, signal } = context;
  const name = partition.session;
  const machine = machineOf(source);
  const { idle } = machine.gpu;
  const idleGpu = { gpu_w: idle.power_w, gpu_clk_mhz: idle.clk_mhz, gpu_mem_clk_mhz: idle.mem_clk_mhz };
  const plan = schedule(await sessionMeans(context), params, params.instruments, idleGpu);
  const host = { threads: machine.cpu.threads, memory_kib: machine.memory_gib * kibPerGib };
  const key = [params.seed, name];

  const logs = [
    { table: power, log: () => meterLog(plan, params.instruments, key) },
    { table: resources, log: () => resourceLog(plan, params.instruments, host, key) },
  ];
  for (const [i, { table, log }] of logs.entries()) {
    signal.throwIfAborted();
    await insertDoubles(database, `${table.name}_log`, { ...log() });
    await write(table, { sql: await sql(table.name) });
    progress(i + 1, logs.length);
  }
  await write(rounds, roundsTable(name, plan));
  await write(session, sessionTable(context, machine, plan));
  await write(failures, fromRows(failures, []));
  await write(findings, fromRows(findings, []));
}

/** The means of the session's measurements, in the order in which they run. */
async function sessionMeans({ partition, source, database }: TaskContext<ProfileParams>): Promise<MeasurementMean[]> {
  const query = async <Row>(name: string): Promise<Row[]> =>
    toRows(await database.query(await sql(name))) as unknown as Row[];
  const means = await measurementMeans(source, partition.session, {
    nodes: () => query<TwinNode>('nodes'),
    operators: () => query<TwinOperator>('operators'),
  });
  const wanted = strings(await database.query(await sql('measurements')), 'measurement_id');
  return wanted.map((id) => {
    const mean = means.get(id);
    if (!mean) throw new Error(`${source.label}: no mean of ${id}, which trace says was measured`);
    return mean;
  });
}

/** Makes a table of columns that are doubles, all of one length. */
async function insertDoubles(database: Database, name: string, columns: Readonly<Record<string, Float64Array>>) {
  const vectors = Object.entries(columns).map(([column, values]) => [column, makeVector(values)] as const);
  await database.insert(name, new Table(Object.fromEntries(vectors)));
}

const roundsTable = (session: string, { steps }: Schedule) =>
  fromRows(
    rounds,
    steps.map(({ measurement_id, kind, round, repeats, start_us, end_us }) => {
      return { session, measurement_id, kind, round, repeats, start_us, end_us, excluded_by: null };
    }),
  );

/** What a bench would state of itself; the offset and drift of the meter's clock are not among it. */
function sessionTable({ params, partition, source }: TaskContext<ProfileParams>, machine: Machine, plan: Schedule) {
  const { instruments } = params;
  const { meter } = machine;
  return fromRows(session, [
    {
      session: partition.session,
      bench: machine.name,
      label: source.label,
      started_utc_us,
      first_us: plan.first_us,
      last_us: plan.last_us,
      cpu_threads: machine.cpu.threads,
      meter: meter.name,
      one_clock: false,
      meter_kind: meter.kind,
      meter_period_us: Math.round(instruments.meter_period * 1e6),
      meter_noisy: instruments.meter_noise > 0,
      meter_range_a: meter.range_a,
      meter_uncertainty_pct: meter.uncertainty_pct,
      mains_voltage_v: instruments.mains_voltage,
      power_factor_source: meter.power_factor_source,
      resource_period_us: Math.round(instruments.resource_period * 1e6),
      standby_w: plan.standby.wall_w,
      gpu_standby_w: plan.standby.gpu_w,
    },
  ]);
}
