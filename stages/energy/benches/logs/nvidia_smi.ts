/**
 * `nvidia-smi --query-gpu=timestamp,… --format=csv`: its columns have its own names and units, in the header (`[W]`), in
 * every cell (`46.19 W`), or both; what the driver does not know is `[N/A]` or `[Unknown Error]` (research/meters.md).
 */
import { UsageError } from '../../../../pipeline/errors.js';
import type { TableSettings } from '../../meters/csv_table.js';
import type { LogsSettings } from './settings.js';

type NvidiaSmi = Extract<NonNullable<LogsSettings['resources']>, { format: 'nvidia_smi' }>;

/** Its names, newer ones first, of what the dataset has. */
const columns: Readonly<Record<string, readonly string[]>> = {
  time: ['timestamp'],
  gpu_pct: ['utilization.gpu'],
  gpu_mem_pct: ['utilization.memory'],
  gpu_mem_used_mib: ['memory.used'],
  gpu_clk_mhz: ['clocks.current.sm', 'clocks.sm'],
  gpu_mem_clk_mhz: ['clocks.current.memory', 'clocks.mem'],
  gpu_temperature_c: ['temperature.gpu'],
};

const powers = { draw: 'power.draw', average: 'power.draw.average', instant: 'power.draw.instant' } as const;

/** Columns that tell which GPU a line is of. */
const identities = ['index', 'uuid', 'gpu_uuid'];

const bare = (column: string): string => column.replace(/\s*\[[^\]]*\]$/, '').trim();

export interface NvidiaSmiTable {
  readonly settings: TableSettings;
  /** Place of the column that says which GPU a line is of; −1 where all are of one. */
  readonly gpuAt: number;
}

/** How to read a log with this header. Throws a UsageError where it lacks what is needed. */
export function nvidiaSmiTable(header: string, { file, power, zone, gpu }: NvidiaSmi): NvidiaSmiTable {
  const names = header.split(',').map((name) => name.trim());
  const find = (known: readonly string[]): string | undefined => names.find((name) => known.includes(bare(name)));
  const found = Object.entries({ ...columns, gpu_power_w: [powers[power]] }).flatMap(([key, known]) => {
    const column = find(known);
    return column ? [[key, column] as const] : [];
  });
  const map = Object.fromEntries(found);
  for (const [key, known] of [
    ['time', 'timestamp'],
    ['gpu_power_w', powers[power]],
  ]) {
    if (!(key in map)) throw new UsageError(`${file}:1: there is no column ${known}`, `its columns are ${names.join(', ')}`); // prettier-ignore
  }
  const gpuAt = gpu === null ? -1 : names.findIndex((name) => identities.includes(bare(name)));
  if (gpu !== null && gpuAt < 0) throw new UsageError(`${file}:1: no column tells which GPU a line is of: expected ${identities.join(' or ')}`); // prettier-ignore
  return { settings: { columns: map, separator: 'comma', decimal_comma: false, zone, date_order: null }, gpuAt };
}
