/** A session's journal and logs as the datasets that a replay writes: read once everything is measured, and always alike. */
import type { Table } from 'apache-arrow';
import type { Finding } from '../../../pipeline/findings.js';
import { fromColumns, fromRows, optionalNumbers } from '../../../pipeline/rows.js';
import { readLoggerLog } from '../../energy/benches/live/logger_log.js';
import type { LiveSettings } from '../../energy/benches/live/settings.js';
import { refusedLines } from '../../energy/benches/logs/power.js';
import type { MeterEvent, Sample } from '../../energy/meters/meter.js';
import { powerKind } from '../../energy/meters/reading.js';
import { readMeterLog } from '../../energy/meters/read_meter_log.js';
import { identityOf } from '../../energy/meters/settings.js';
import { failures, power, resources, rounds, session } from '../tables.js';
import { liveChecks } from './checks.js';
import { type Entry, judgedLater, meterLog, resourceLog, told } from './journal.js';
import { mean } from './idle_checks.js';
import { type Leg, legsOf } from './legs.js';

export interface Datasets {
  readonly rounds: Table;
  readonly power: Table;
  readonly resources: Table;
  readonly session: Table;
  readonly failures: Table;
  readonly findings: readonly Finding[];
}

export interface Described {
  readonly session: string;
  readonly label: string;
  readonly settings: LiveSettings;
  readonly resourcePeriod_us: number;
}

/** Measurements that are not among `wanted` are left out: the trace has them no more. */
export async function datasetsOf(
  folder: string,
  entries: readonly Entry[],
  wanted: ReadonlySet<string>,
  about: Described,
): Promise<Datasets> {
  const legs = legsOf(judgedLater(entries));
  const { outcomes } = told(entries);
  const failed = [...outcomes].flatMap(([id, outcome]) => (outcome === 'failed' && wanted.has(id) ? [id] : []));
  const lines = new PowerRows();
  const samples = new ResourceRows();
  const found: Finding[] = told(entries)
    .of('finding')
    .map(({ kind: _, ...finding }) => finding);
  for (const leg of legs) {
    if (about.settings.meter !== null) {
      const meter = await readMeterLog(meterLog(folder, leg.leg), about.settings.meter.type);
      lines.add(meter.samples, leg.shift_us);
      found.push(...refusedLines('power meter', meterLog(folder, leg.leg), meter.counts));
      found.push(...befell(meterLog(folder, leg.leg), meter.events));
    }
    const logger = await readLoggerLog(resourceLog(folder, leg.leg), about.settings.gpu ?? undefined);
    samples.add(logger.resources, leg.shift_us);
    found.push(...logger.findings.map(judgedByRound));
  }
  found.push(...retryable(entries, wanted, about.session));
  return {
    rounds: roundRows(legs, about.session, (id) => wanted.has(id) && !failed.includes(id)),
    power: lines.table(),
    resources: samples.table(),
    session: sessionRow(legs, entries, about, lines, samples),
    failures: failureRows(failed, entries, about.session),
    findings: found,
  };
}

/** What could not be run stays failed until somebody says otherwise: how many, and how. */
function retryable(entries: readonly Entry[], wanted: ReadonlySet<string>, subject: string): Finding[] {
  const value = [...told(entries).couldNotRun].filter((id) => wanted.has(id)).length;
  if (value === 0) return [];
  const { check, source } = liveChecks.ran;
  const message = `${value} measurements could not be run; to try these alone again: pipeline run CONFIG --set profile.live.retry_failed=true`;
  return [{ check_id: check, severity: 'warn', subject, value, limit: null, source, message }];
}

/** A step or slew of UTC is held against each round (check 2); elsewhere it moves no joule. */
const judgedByRound = (finding: Finding): Finding =>
  finding.severity === 'refuse' ? { ...finding, severity: 'warn' } : finding;

/** What befell the meter, but its being opened and closed. */
const befell = (log: string, events: readonly MeterEvent[]): Finding[] =>
  events
    .filter(({ text }) => text !== 'connected' && text !== 'closed')
    .map(({ mono_us, text }) => {
      const { check, source } = liveChecks.instruments;
      const message = `at ${(mono_us / 1e6).toFixed(1)} s of the host's clock: ${text}`;
      return { check_id: check, severity: 'info', subject: log, value: null, limit: null, source, message };
    });

class PowerRows {
  readonly at_us: number[] = [];
  apparent = false;
  private readonly seq: (number | null)[] = [];
  private readonly utc_us: number[] = [];
  private readonly readings: Sample['reading'][] = [];
  private next = 0;

  /** Numbers go on from leg to leg: what the meter printed while nobody measured is no loss. */
  add(samples: readonly Sample[], shift_us: number): void {
    const first = samples.find(({ reading }) => reading.seq !== null)?.reading.seq ?? 0;
    const from = this.next;
    for (const { mono_us, utc_us, reading } of samples) {
      const seq = reading.seq === null ? null : from + reading.seq - first;
      if (seq !== null) this.next = Math.max(this.next, seq + 1);
      this.at_us.push(mono_us + shift_us);
      this.utc_us.push(utc_us);
      this.seq.push(seq);
      this.readings.push(reading);
      this.apparent ||= powerKind(reading) === 'apparent';
    }
  }

  table(): Table {
    const column = (name: 'voltage_v' | 'current_a' | 'real_power_w' | 'power_factor') =>
      this.readings.map((reading) => reading[name]);
    return fromColumns(power, {
      line: Float64Array.from(this.at_us, (_, i) => i + 1),
      seq: this.seq,
      mono_us: Float64Array.from(this.at_us),
      utc_us: Float64Array.from(this.utc_us),
      voltage_v: column('voltage_v'),
      current_a: column('current_a'),
      real_power_w: column('real_power_w'),
      power_factor: column('power_factor'),
    });
  }
}

type ResourceColumn = keyof (typeof resources)['columns'];
const resourceColumns = Object.keys(resources.columns) as ResourceColumn[];

class ResourceRows {
  readonly columns = Object.fromEntries(resourceColumns.map((name) => [name, []])) as unknown as Record<ResourceColumn, (number | null)[]>; // prettier-ignore

  add(rows: Table, shift_us: number): void {
    for (const name of resourceColumns) {
      const own = this.columns[name];
      for (const value of optionalNumbers(rows, name)) {
        own.push(name === 'mono_us' && value !== null ? value + shift_us : value);
      }
    }
  }

  table(): Table {
    return fromColumns(resources, this.columns);
  }
}

/** The rounds of every measurement that is wanted, and the sync steps, numbered over the session. */
function roundRows(legs: readonly Leg[], name: string, isWanted: (id: string) => boolean): Table {
  let steps = 0;
  const rows = legs.flatMap(({ entries, shift_us }) =>
    entries.flatMap((entry) => roundsIn(entry, isWanted).map((row) => ({ ...row, shift_us }))),
  );
  return fromRows(
    rounds,
    rows.map(({ shift_us, start_us, end_us, round, ...row }) => ({
      ...row,
      session: name,
      round: round ?? ++steps,
      start_us: start_us + shift_us,
      end_us: end_us + shift_us,
    })),
  );
}

interface RoundRow {
  readonly measurement_id: string | null;
  readonly kind: 'round' | 'sync';
  /** Null for a sync step: they are numbered over the session. */
  readonly round: number | null;
  readonly repeats: number;
  readonly start_us: number;
  readonly end_us: number;
  readonly excluded_by: string | null;
}

function roundsIn(entry: Entry, isWanted: (id: string) => boolean): RoundRow[] {
  if (entry.kind === 'sync') {
    const about = { measurement_id: null, kind: 'sync', round: null, repeats: 1, excluded_by: null } as const;
    return entry.steps.map((step) => ({ ...about, ...step }));
  }
  if (entry.kind !== 'round' || !isWanted(entry.measurement_id)) return [];
  const { measurement_id, round, repeats, start_us, end_us, excluded_by } = entry;
  const by = excluded_by.length > 0 ? excluded_by.join(', ') : null;
  return [{ measurement_id, kind: 'round', round, repeats, start_us, end_us, excluded_by: by }];
}

/** Why a measurement failed: the last that was found of it. */
function failureRows(failed: readonly string[], entries: readonly Entry[], name: string): Table {
  const found = told(entries).of('finding');
  const rows = failed.map((measurement_id) => {
    const message = found.findLast(({ subject }) => subject === measurement_id)?.message ?? 'it could not be measured';
    return { session: name, measurement_id, message };
  });
  return fromRows(failures, rows);
}

function sessionRow(
  legs: readonly Leg[],
  entries: readonly Entry[],
  { session: name, label, settings, resourcePeriod_us }: Described,
  lines: PowerRows,
  samples: ResourceRows,
): Table {
  const identity = settings.meter && identityOf(settings.meter);
  const [start] = told(entries).of('leg');
  const standbys = told(entries).of('standby');
  const meanOf = (key: 'standby_w' | 'gpu_standby_w'): number | null => mean(standbys.flatMap((one) => one[key] ?? []));
  const stamps = samples.columns.mono_us;
  return fromRows(session, [
    {
      session: name,
      bench: settings.machine.name,
      label,
      started_utc_us: start.utc_us,
      first_us: start.mono_us + legs[0].shift_us,
      last_us: Math.max(stamps.at(-1) ?? 0, lines.at_us.at(-1) ?? 0),
      cpu_threads: settings.machine.threads,
      meter: identity?.name ?? null,
      one_clock: identity === null,
      meter_kind: identity?.kind ?? null,
      meter_period_us: identity?.period_us ?? null,
      meter_noisy: identity && false,
      meter_range_a: identity?.range_a ?? null,
      meter_uncertainty_pct: identity?.uncertainty_pct ?? null,
      mains_voltage_v: settings.mains,
      power_factor_source: identity && (lines.apparent ? 'absent' : 'measured'),
      resource_period_us: resourcePeriod_us,
      standby_w: meanOf('standby_w') ?? settings.standby,
      gpu_standby_w: meanOf('gpu_standby_w'),
    },
  ]);
}
