/** Reads a resource log into rows of `resources`: what it does not tell is absent. */
import { UnavailableError } from '../../../../pipeline/errors.js';
import { CsvTable, type TableRow } from '../../meters/csv_table.js';
import type { Counts } from '../../meters/line_reader.js';
import { linesOf } from '../../meters/read_log.js';
import { nvidiaSmiTable } from './nvidia_smi.js';
import { type LogsSettings, resourceQuantities } from './settings.js';

export interface ResourceSample {
  readonly mono_us: number;
  readonly cpu_busy_ticks: number | null;
  readonly cpu_total_ticks: number | null;
  readonly mem_total_kib: number | null;
  readonly mem_available_kib: number | null;
  readonly cpu_energy_uj: number | null;
  readonly dram_energy_uj: number | null;
  readonly gpu_pct: number | null;
  readonly gpu_mem_pct: number | null;
  readonly gpu_mem_used_kib: number | null;
  readonly gpu_clk_mhz: number | null;
  readonly gpu_mem_clk_mhz: number | null;
  readonly gpu_power_w: number | null;
  readonly gpu_energy_uj: number | null;
  readonly gpu_temperature_c: number | null;
  readonly throttle_bits: null;
}

export interface ResourceLog {
  /** In order of time, one a stamp. */
  readonly samples: readonly ResourceSample[];
  readonly counts: Counts;
}

/** Linux's USER_HZ: the dataset counts CPU time in ticks. */
const ticksPerSecond = 100;
const kibPerGib = 2 ** 20;

/** Rows by their stamps. Throws a UsageError where more must be said of the file, an UnavailableError where it holds none. */
export async function readResources(settings: LogsSettings): Promise<ResourceLog> {
  const counts: Counts = { readings: 0, other: 0, damaged: 0, repeated: 0, missing: 0, restarted: 0, reasons: new Map() }; // prettier-ignore
  const { resources } = settings;
  if (!resources) return { samples: [], counts };
  const rows: { readonly at_us: number; readonly row: TableRow }[] = [];
  for await (const row of rowsOf(resources)) {
    const at_us = 'reason' in row ? null : row.number('time');
    if (at_us !== null && !('reason' in row)) {
      counts.readings++;
      rows.push({ at_us, row });
      continue;
    }
    counts.damaged++;
    const reason = 'reason' in row ? row.reason : 'no stamp';
    counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1);
  }
  if (rows.length === 0) throw new UnavailableError(`${resources.file}: no sample: ${counts.damaged} lines refused${counts.damaged > 0 ? `, the first: ${[...counts.reasons.keys()][0]}` : ''}`); // prettier-ignore
  rows.sort((a, b) => a.at_us - b.at_us);
  const cpu = new CpuTicks(settings.machine.threads);
  const samples = rows
    .filter(({ at_us }, i) => i === 0 || at_us !== rows[i - 1].at_us)
    .map(({ at_us, row }) => sampleOf(at_us, row, cpu, settings.machine.memory_gib));
  return { samples, counts };
}

async function* rowsOf(
  own: NonNullable<LogsSettings['resources']>,
): AsyncGenerator<TableRow | { readonly reason: string }> {
  let table: CsvTable | null = null;
  let ofGpu = (_: string): boolean => true;
  for await (const line of linesOf(own.file)) {
    if (line.trim() === '') continue;
    if (!table) {
      if (own.format === 'csv') table = new CsvTable(resourceQuantities, own, own.file);
      else {
        const { settings, gpuAt } = nvidiaSmiTable(line, own);
        table = new CsvTable(resourceQuantities, settings, own.file);
        if (gpuAt >= 0) ofGpu = (text) => text.split(',')[gpuAt]?.trim() === own.gpu;
      }
    }
    if (!ofGpu(line) && table.hasHeader) continue;
    const row = table.read(line);
    if (row !== 'header') yield row;
  }
}

/** A CPU's load as the counters that it would have left behind. */
class CpuTicks {
  #busy = 0;
  #total = 0;
  #before_us: number | null = null;

  constructor(private readonly threads: number) {}

  add(at_us: number, cpu_pct: number): { readonly cpu_busy_ticks: number; readonly cpu_total_ticks: number } {
    const ticks = this.#before_us === null ? 0 : ((at_us - this.#before_us) / 1e6) * this.threads * ticksPerSecond;
    this.#before_us = at_us;
    this.#total += ticks;
    this.#busy += (cpu_pct / 100) * ticks;
    return { cpu_busy_ticks: Math.round(this.#busy), cpu_total_ticks: Math.round(this.#total) };
  }
}

function sampleOf(mono_us: number, row: TableRow, cpu: CpuTicks, memory_gib: number | null): ResourceSample {
  const whole = (name: string): number | null => {
    const value = row.number(name);
    return value === null ? null : Math.round(value);
  };
  const cpu_pct = row.number('cpu');
  const counted = { cpu_busy_ticks: whole('cpu_busy_ticks'), cpu_total_ticks: whole('cpu_total_ticks') };
  const mem_total_kib = whole('mem_total') ?? (memory_gib === null ? null : Math.round(memory_gib * kibPerGib));
  const mem_pct = row.number('mem');
  const reckoned = mem_pct === null || mem_total_kib === null ? null : Math.round(mem_total_kib * (1 - mem_pct / 100));
  return {
    mono_us,
    ...(cpu_pct === null ? counted : cpu.add(mono_us, cpu_pct)),
    mem_total_kib,
    mem_available_kib: whole('mem_available') ?? reckoned,
    cpu_energy_uj: whole('cpu_energy'),
    dram_energy_uj: whole('dram_energy'),
    gpu_pct: row.number('gpu'),
    gpu_mem_pct: row.number('gpu_mem'),
    gpu_mem_used_kib: whole('gpu_mem_used'),
    gpu_clk_mhz: row.number('gpu_clk'),
    gpu_mem_clk_mhz: row.number('gpu_mem_clk'),
    gpu_power_w: row.number('gpu_power'),
    gpu_energy_uj: whole('gpu_energy'),
    gpu_temperature_c: row.number('gpu_temperature'),
    throttle_bits: null,
  };
}
