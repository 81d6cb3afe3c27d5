/**
 * A session from somebody's own logs: as if it had been measured here, with what the logs do not tell left out. All stamps
 * are UTC; the host's clock is the run log's, the meter's that of the power log, and align finds what is between them.
 */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../pipeline/errors.js';
import { findings } from '../../pipeline/findings.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { fromColumns, fromRows, toRows } from '../../pipeline/rows.js';
import { isOf } from '../energy/benches/logs/cells.js';
import { logsOf } from '../energy/benches/logs/files.js';
import {
  medianInterval_us,
  type PowerLine,
  type PowerLog,
  readPower,
  refusedLines,
} from '../energy/benches/logs/power.js';
import { readResources, type ResourceSample } from '../energy/benches/logs/resources.js';
import { readRuns, type Run } from '../energy/benches/logs/runs.js';
import { powerKind } from '../energy/meters/reading.js';
import type { ProfileParams } from './stage.js';
import { failures, power, resources, rounds, session } from './tables.js';

/** Logs before the session's first run and after its last belong to it as far as align may look for its meter's clock. */
const around_us = 600e6;

export async function run(context: TaskContext<ProfileParams>): Promise<void> {
  const { partition, source, write, progress, signal } = context;
  const logs = logsOf(source);
  const runs = await readRuns(logs);
  const meter = await readPower(logs);
  progress(1, 3);
  signal.throwIfAborted();
  const sampled = await readResources(logs);
  progress(2, 3);

  const own = runs.filter(({ model }) => model === partition.session);
  const [from_us, to_us] = [own[0].start_us - around_us, own.at(-1)!.end_us + around_us];
  const near = (at_us: number): boolean => at_us >= from_us && at_us <= to_us;
  const mine = runs.filter((run) => run.model === partition.session || (run.kind === 'sync' && near(run.start_us)));
  const lines = meter.lines.filter(({ at_us }) => near(at_us));
  const samples = sampled.samples.filter(({ mono_us }) => near(mono_us));
  if (lines.length === 0) throw apart(own, 'power', logs.power.file, meter.lines.map(({ at_us }) => at_us)); // prettier-ignore
  if (logs.resources && samples.length === 0) throw apart(own, 'resources', logs.resources.file, sampled.samples.map(({ mono_us }) => mono_us)); // prettier-ignore

  await write(rounds, await roundRows(context, mine));
  await write(power, powerRows(lines));
  await write(resources, fromRows(resources, samples.map((sample) => ({ ...sample })))); // prettier-ignore
  await write(session, sessionRow(context, mine, meter, lines, samples));
  await write(failures, fromRows(failures, []));
  const refused = [
    ...refusedLines('power log', logs.power.file, meter.counts),
    ...refusedLines('resource log', logs.resources?.file ?? '', sampled.counts),
  ];
  await write(findings, fromRows(findings, refused.map((finding) => ({ ...finding })))); // prettier-ignore
  progress(3, 3);
}

/** Two logs that have no moment in common are a mistake, most often of a time zone. */
function apart(runs: readonly Run[], name: 'power' | 'resources', file: string, at_us: readonly number[]): UsageError {
  const moment = (us: number): string => `${new Date(us / 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const [first_us, last_us] = at_us.reduce(([least, most], at) => [Math.min(least, at), Math.max(most, at)], [Infinity, -Infinity]); // prettier-ignore
  const [from_us, to_us] = [runs[0].start_us, runs.at(-1)!.end_us];
  return new UsageError(
    `${file} tells of ${moment(first_us)} to ${moment(last_us)}, but the runs are from ${moment(from_us)} to ${moment(to_us)}`,
    `they begin ${(Math.abs(first_us - from_us) / 3.6e9).toFixed(2)} h apart: is the zone of bench.logs.${name} or of bench.logs.runs another?`,
  );
}

/** The rounds, numbered in order of time within their measurement, and the steps of sync bursts. */
async function roundRows({ partition, database }: TaskContext<ProfileParams>, runs: readonly Run[]) {
  const sql = await readFile(new URL('./measured_nodes.sql', import.meta.url), 'utf8');
  const nodes = toRows(await database.query(sql)) as unknown as MeasuredNode[];
  const numbers = new Map<string, number>();
  const next = (name: string): number => {
    numbers.set(name, (numbers.get(name) ?? 0) + 1);
    return numbers.get(name)!;
  };
  const rows = runs.flatMap((run): RoundRow[] => {
    const { kind, repeats, start_us, end_us } = run;
    const about = { session: partition.session, kind, repeats, start_us, end_us, excluded_by: null };
    if (kind === 'sync') return [{ ...about, measurement_id: null, round: next('sync') }];
    const of = ({ batch_size, length }: MeasuredNode) => batch_size === run.batch_size && length === run.length;
    const node = nodes.find((node) => of(node) && isOf(run, node));
    return node ? [{ ...about, measurement_id: node.measurement_id, round: next(node.measurement_id) }] : [];
  });
  return fromRows(rounds, rows);
}

type RoundRow = Readonly<Record<keyof (typeof rounds)['columns'], string | number | null>>;

interface MeasuredNode {
  readonly batch_size: number;
  readonly length: number;
  readonly scope: string;
  readonly type: string;
  readonly level: 'ml' | 'module' | 'model';
  readonly measurement_id: string;
}

function powerRows(lines: readonly PowerLine[]) {
  const at_us = Float64Array.from(lines, ({ at_us }) => at_us);
  const column = (name: 'seq' | 'voltage_v' | 'current_a' | 'real_power_w' | 'power_factor') =>
    lines.map(({ reading }) => reading[name]);
  return fromColumns(power, {
    line: Float64Array.from(lines, (_, i) => i + 1),
    seq: column('seq'),
    mono_us: at_us,
    utc_us: at_us,
    voltage_v: column('voltage_v'),
    current_a: column('current_a'),
    real_power_w: column('real_power_w'),
    power_factor: column('power_factor'),
  });
}

function sessionRow(
  { partition, source }: TaskContext<ProfileParams>,
  runs: readonly Run[],
  { identity }: PowerLog,
  lines: readonly PowerLine[],
  samples: readonly ResourceSample[],
) {
  const { machine, power: stated, one_clock } = logsOf(source);
  const stamps = samples.map(({ mono_us }) => mono_us);
  const first_us = Math.min(runs[0].start_us, stamps[0] ?? Infinity);
  const apparent = lines.some(({ reading }) => powerKind(reading) === 'apparent');
  return fromRows(session, [
    {
      session: partition.session,
      bench: machine.name,
      label: source.label,
      started_utc_us: first_us,
      first_us,
      last_us: Math.max(...runs.slice(-1).map(({ end_us }) => end_us), stamps.at(-1) ?? 0),
      cpu_threads: machine.threads,
      meter: identity.name,
      one_clock,
      meter_kind: identity.kind,
      meter_period_us: identity.period_us,
      meter_noisy: false,
      meter_range_a: identity.range_a,
      meter_uncertainty_pct: identity.uncertainty_pct,
      mains_voltage_v: stated.mains,
      power_factor_source: apparent ? 'absent' : 'measured',
      resource_period_us: medianInterval_us(stamps),
      standby_w: stated.standby,
      gpu_standby_w: null,
    },
  ]);
}
