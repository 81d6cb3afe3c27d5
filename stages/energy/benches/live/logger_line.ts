/** The grammar of a line of native/logger's log (irene_logger.h): a record, or nothing where the line is damaged. */

import { lineCheck } from '../../line_check.js';

/** What a cell is: a whole number, one that may be absent, or text. */
type Cell = 'number' | 'optional' | 'text';

const kinds = {
  run: {
    first_us: 'number',
    utc_us: 'number',
    boot_id: 'text',
    period_us: 'number',
    cpu_threads: 'number',
    ticks_per_s: 'number',
  },
  scheduling: { policy: 'text', priority: 'number', memory_locked: 'number' },
  device: { gpu: 'number', uuid: 'text', name: 'text', driver: 'text' },
  host: {
    tick: 'number',
    mono_us: 'number',
    utc_us: 'number',
    raw_us: 'number',
    cpu_busy_ticks: 'optional',
    cpu_total_ticks: 'optional',
    mem_total_kib: 'optional',
    mem_available_kib: 'optional',
    cpu_energy_uj: 'optional',
    dram_energy_uj: 'optional',
  },
  gpu: {
    tick: 'number',
    gpu: 'number',
    mono_us: 'number',
    took_us: 'number',
    gpu_energy_uj: 'optional',
    gpu_power_mw: 'optional',
    gpu_pct: 'optional',
    gpu_mem_pct: 'optional',
    gpu_clk_mhz: 'optional',
    gpu_mem_clk_mhz: 'optional',
    gpu_temperature_c: 'optional',
    gpu_mem_used_kib: 'optional',
    gpu_mem_total_kib: 'optional',
    throttle_bits: 'optional',
    nvml_error: 'optional',
  },
  end: {
    mono_us: 'number',
    ticks: 'number',
    missed_ticks: 'number',
    lost_lines: 'number',
    late_p50_us: 'number',
    late_p99_us: 'number',
    late_max_us: 'number',
    cpu_us: 'number',
    peak_rss_kib: 'optional',
  },
} as const satisfies Record<string, Readonly<Record<string, Cell>>>;

type Kinds = typeof kinds;
type Kind = keyof Kinds;
type ValueOf<C> = C extends 'text' ? string : C extends 'optional' ? number | null : number;
type RecordOf<K extends Kind> = { readonly kind: K } & { readonly [Name in keyof Kinds[K]]: ValueOf<Kinds[K][Name]> };

export type RunRecord = RecordOf<'run'>;
export type SchedulingRecord = RecordOf<'scheduling'>;
export type DeviceRecord = RecordOf<'device'>;
export type HostRecord = RecordOf<'host'>;
export type GpuRecord = RecordOf<'gpu'>;
export type EndRecord = RecordOf<'end'>;
export type LoggerRecord = RunRecord | SchedulingRecord | DeviceRecord | HostRecord | GpuRecord | EndRecord;

const wholeNumber = /^(?:0|[1-9]\d*)$/;

/** A cell's value; undefined where it is not what its column holds. */
function valueOf(type: Cell, text: string): string | number | null | undefined {
  if (type === 'text') return Buffer.from(text, 'latin1').toString('utf8');
  if (type === 'optional' && text === '') return null;
  const value = wholeNumber.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The columns of each kind in order: a log has a million lines. */
const columnsOf = new Map(Object.entries(kinds).map(([kind, columns]) => [kind, Object.entries<Cell>(columns)]));

/** The record of a line without its newline, its bytes as Latin-1 text; null where it is cut, damaged or no such line. */
export function parseLoggerLine(line: string): LoggerRecord | null {
  const end = line.length - ',0000'.length;
  if (end <= 0 || line[end] !== ',') return null;
  const content = line.slice(0, end);
  if (line.slice(end + 1) !== lineCheck(content)) return null;
  const [kind, ...cells] = content.split(',');
  const columns = columnsOf.get(kind);
  if (cells.length !== columns?.length) return null;
  const record: Record<string, string | number | null> = { kind };
  for (let i = 0; i < cells.length; i++) {
    const [name, type] = columns[i];
    const value = valueOf(type, cells[i]);
    if (value === undefined) return null;
    record[name] = value;
  }
  return record as unknown as LoggerRecord;
}
