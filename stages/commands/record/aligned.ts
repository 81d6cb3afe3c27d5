/** The joules of some spans of time by the rules of the stage `align`, from logs that one clock has stamped. */
import type { Table as ArrowTable } from 'apache-arrow';
import { Database } from '../../../pipeline/database.js';
import type { Finding } from '../../../pipeline/findings.js';
import { fromRows, toRows } from '../../../pipeline/rows.js';
import { run } from '../../align/run.js';
import { alignParams } from '../../align/stage.js';
import type { Identity, Sample } from '../../energy/meters/meter.js';
import { powerKind } from '../../energy/meters/reading.js';
import { power, rounds, session } from '../../profile/tables.js';
import type { Span } from './instruments.js';

/** A row of `measurements` that is one span of time. */
export interface Measured {
  readonly wall_j: number | null;
  readonly wall_step_j: number | null;
  readonly wall_clip_j: number | null;
  readonly wall_interior_j: number | null;
  readonly gpu_j: number | null;
  readonly cpu_pct: number | null;
  readonly mem_pct: number | null;
  readonly gpu_pct: number | null;
  readonly gpu_mem_pct: number | null;
  readonly gpu_clk_mhz: number | null;
  readonly gap_s: number;
  readonly lines: number;
  readonly lines_missing: number;
}

export interface Logs {
  /** Null where there was no meter. */
  readonly meter: { readonly identity: Identity; readonly samples: readonly Sample[] } | null;
  /** Rows of `resources` with the values of one GPU. */
  readonly resources: ArrowTable;
  readonly resourcePeriod_us: number;
  readonly threads: number;
}

const name = 'record';

function powerRows(samples: readonly Sample[]): ArrowTable {
  const rows = samples.map(({ mono_us, utc_us, reading }, i) => {
    const { seq, voltage_v, current_a, real_power_w, power_factor } = reading;
    return { line: i + 1, seq, mono_us, utc_us, voltage_v, current_a, real_power_w, power_factor };
  });
  return fromRows(power, rows);
}

const roundRows = (spans: Readonly<Record<string, Span>>): ArrowTable =>
  fromRows(
    rounds,
    Object.entries(spans).map(([measurement_id, { start_us, end_us }]) => {
      return {
        session: name,
        measurement_id,
        kind: 'round',
        round: 1,
        repeats: 1,
        start_us,
        end_us,
        excluded_by: null,
      };
    }),
  );

function sessionRow({ meter, resourcePeriod_us, threads }: Logs, spans: readonly Span[]): ArrowTable {
  const apparent = meter?.samples.some(({ reading }) => powerKind(reading) === 'apparent') ?? false;
  const about = {
    session: name,
    bench: name,
    label: 'measured',
    started_utc_us: 0,
    first_us: Math.min(...spans.map(({ start_us }) => start_us)),
    last_us: Math.max(...spans.map(({ end_us }) => end_us)),
    cpu_threads: threads,
    meter: meter?.identity.name ?? null,
    one_clock: true,
    meter_kind: meter?.identity.kind ?? null,
    meter_period_us: meter?.identity.period_us ?? null,
    meter_noisy: meter && false,
    meter_range_a: meter?.identity.range_a ?? null,
    meter_uncertainty_pct: meter?.identity.uncertainty_pct ?? null,
    mains_voltage_v: null,
    power_factor_source: meter && (apparent ? 'absent' : 'measured'),
    resource_period_us: resourcePeriod_us,
    standby_w: null,
    gpu_standby_w: null,
  };
  return fromRows(session, [about]);
}

/** What align measures of each span, by its name, and what its checks find. */
export async function measureSpans(
  logs: Logs,
  spans: Readonly<Record<string, Span>>,
): Promise<{ readonly measured: ReadonlyMap<string, Measured>; readonly findings: readonly Finding[] }> {
  const database = await Database.open();
  const written = new Map<string, ArrowTable>();
  try {
    await database.insert('power', powerRows(logs.meter?.samples ?? []));
    await database.insert('resources', logs.resources);
    await database.insert('rounds', roundRows(spans));
    await database.insert('session', sessionRow(logs, Object.values(spans)));
    await run({
      run: name,
      params: alignParams.parse({ meter: logs.meter?.identity.kind ?? 'window' }),
      inputs: [],
      partition: { session: name },
      upstream: {},
      source: { kind: 'live', label: 'measured', about: {}, place: {} },
      database,
      write: async (table, rows) => void written.set(table.name, 'sql' in rows ? await database.query(rows.sql) : rows),
      publish: async () => {},
      progress: () => {},
      signal: new AbortController().signal,
    });
  } finally {
    database.close();
  }
  const measured = toRows(written.get('measurements')!).map((row) => [String(row.measurement_id), row as unknown as Measured] as const); // prettier-ignore
  return { measured: new Map(measured), findings: toRows(written.get('findings')!) as unknown as Finding[] };
}
