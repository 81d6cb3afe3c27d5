/**
 * The records of a resource log, one after the other, as columns of `resources`:
 *
 *     tick        k              k+1            k+2
 *     host   ─────┃──────────────┃──────────────┃──────▶   a row, stamped when the logger woke
 *     gpu    ─────┃▒▒────────────┃▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒───▶   ▒ calls to the driver; that of k + 1 is over half a period
 *                                                          late: its row has no GPU values
 */
import type { Table } from 'apache-arrow';
import { fromColumns } from '../../../../pipeline/rows.js';
import { resources } from '../../../profile/tables.js';
import type { LogQuality } from './logger_checks.js';
import type { DeviceRecord, EndRecord, GpuRecord, HostRecord, LoggerRecord, RunRecord, SchedulingRecord } from './logger_line.js'; // prettier-ignore

type Column = keyof (typeof resources)['columns'];

/** Shorter than this the reading of the clocks shows more than their rates. */
const leastSlewSpan_us = 10_000_000;

/** Clocks of a sample that later ones are held against. */
type Clocks = Pick<HostRecord, 'mono_us' | 'utc_us' | 'raw_us'>;

const gpuColumns = {
  gpu_pct: ({ gpu_pct }) => gpu_pct,
  gpu_mem_pct: ({ gpu_mem_pct }) => gpu_mem_pct,
  gpu_mem_used_kib: ({ gpu_mem_used_kib }) => gpu_mem_used_kib,
  gpu_clk_mhz: ({ gpu_clk_mhz }) => gpu_clk_mhz,
  gpu_mem_clk_mhz: ({ gpu_mem_clk_mhz }) => gpu_mem_clk_mhz,
  gpu_power_w: ({ gpu_power_mw }) => (gpu_power_mw === null ? null : gpu_power_mw / 1e3),
  gpu_energy_uj: ({ gpu_energy_uj }) => gpu_energy_uj,
  gpu_temperature_c: ({ gpu_temperature_c }) => gpu_temperature_c,
  throttle_bits: ({ throttle_bits }) => throttle_bits,
} as const satisfies Partial<Record<Column, (reading: GpuRecord) => number | null>>;

const gpuColumnNames = Object.keys(gpuColumns) as (keyof typeof gpuColumns)[];

export class LoggerSamples {
  readonly runs: RunRecord[] = [];
  /** Every GPU that was logged, once. */
  readonly devices: DeviceRecord[] = [];
  /** Of them, those whose readings are taken: one, where the log is as it should be. */
  readonly chosen: DeviceRecord[] = [];
  private readonly columns = Object.fromEntries(
    Object.keys(resources.columns).map((name) => [name, []]),
  ) as unknown as Record<Column, (number | null)[]>;
  private readonly ended: { run: RunRecord; end: EndRecord }[] = [];
  private readonly nvmlErrors = new Map<number, number>();
  /** The tick of each row. */
  private readonly ticks: number[] = [];
  /** Of the run that is being read: its first row, and readings that came before their sample's line. */
  private firstRow = 0;
  private readonly early = new Map<number, GpuRecord>();
  private nextTick = 0;
  private gpu: number | null = null;
  private first: Clocks | null = null;
  private last: Clocks | null = null;
  private samples = 0;
  private missed = 0;
  private withoutHost = 0;
  private readonly scheduling: SchedulingRecord[] = [];
  private readings = 0;
  private late = 0;
  private greatestStep_us = 0;

  /** Takes the readings of the GPU of this index or UUID, or of whichever there is. */
  constructor(private readonly wanted: string | undefined) {}

  /** Takes a record in; false where it cannot follow those before it (a line that came twice). */
  add(record: LoggerRecord): boolean {
    switch (record.kind) {
      case 'run':
        this.firstRow = this.ticks.length;
        this.early.clear();
        this.nextTick = 0;
        this.gpu = null;
        return this.runs.push(record) > 0;
      case 'scheduling':
        return this.scheduling.push(record) > 0;
      case 'device':
        return this.addDevice(record);
      case 'host':
        return this.addHost(record);
      case 'gpu':
        return record.gpu !== this.gpu || this.addReading(record);
      case 'end': {
        const run = this.runs.at(-1);
        return run !== undefined && this.ended.push({ run, end: record }) > 0;
      }
    }
  }

  private addDevice(device: DeviceRecord): boolean {
    const isNew = (among: readonly DeviceRecord[]) => among.every(({ uuid }) => uuid !== device.uuid);
    if (isNew(this.devices)) this.devices.push(device);
    if (this.wanted !== undefined && this.wanted !== device.uuid && this.wanted !== String(device.gpu)) return true;
    if (isNew(this.chosen)) this.chosen.push(device);
    this.gpu = device.gpu;
    return true;
  }

  private addHost(sample: HostRecord): boolean {
    if (this.runs.length === 0 || sample.tick < this.nextTick) return false;
    if (this.last && sample.mono_us <= this.last.mono_us) return false;
    this.missed += sample.tick - this.nextTick;
    this.nextTick = sample.tick + 1;
    this.samples++;
    this.follow(sample);
    const { cpu_busy_ticks, cpu_total_ticks, mem_total_kib, mem_available_kib } = sample;
    if (cpu_busy_ticks === null || mem_total_kib === null) {
      this.withoutHost++;
      return true;
    }
    const { columns } = this;
    const row = columns.mono_us.push(sample.mono_us) - 1;
    columns.cpu_busy_ticks.push(cpu_busy_ticks);
    columns.cpu_total_ticks.push(cpu_total_ticks);
    columns.mem_total_kib.push(mem_total_kib);
    columns.mem_available_kib.push(mem_available_kib);
    columns.cpu_energy_uj.push(sample.cpu_energy_uj);
    columns.dram_energy_uj.push(sample.dram_energy_uj);
    for (const name of gpuColumnNames) columns[name].push(null);
    this.ticks.push(sample.tick);
    const reading = this.early.get(sample.tick);
    if (reading) this.place(reading, row);
    this.early.delete(sample.tick);
    return true;
  }

  private follow(sample: HostRecord): void {
    const offset_us = (of: Clocks): number => of.utc_us - of.mono_us;
    if (this.last) {
      this.greatestStep_us = Math.max(this.greatestStep_us, Math.abs(offset_us(sample) - offset_us(this.last)));
    }
    const { mono_us, utc_us, raw_us } = sample;
    this.last = { mono_us, utc_us, raw_us };
    this.first ??= this.last;
  }

  private addReading(reading: GpuRecord): boolean {
    if (this.runs.length === 0) return false;
    this.readings++;
    if (reading.nvml_error !== null) {
      this.nvmlErrors.set(reading.nvml_error, (this.nvmlErrors.get(reading.nvml_error) ?? 0) + 1);
    }
    const row = this.rowOf(reading.tick);
    if (row === null) this.early.set(reading.tick, reading);
    else this.place(reading, row);
    return true;
  }

  /** The row of a tick of this run, null where there is none yet; it is one of the last, unless a driver hung. */
  private rowOf(tick: number): number | null {
    let row = this.ticks.length - 1;
    while (row >= this.firstRow && this.ticks[row] > tick) row--;
    return row >= this.firstRow && this.ticks[row] === tick ? row : null;
  }

  private place(reading: GpuRecord, row: number): void {
    const limit_us = this.runs.at(-1)!.period_us / 2;
    const sampled_us = this.columns.mono_us[row]!;
    if (reading.mono_us + reading.took_us - sampled_us > limit_us) {
      this.late++;
      return;
    }
    for (const name of gpuColumnNames) this.columns[name][row] = gpuColumns[name](reading);
  }

  private slew_ppm(): number | null {
    const { first, last } = this;
    if (!first || !last || last.raw_us - first.raw_us < leastSlewSpan_us) return null;
    return ((last.utc_us - first.utc_us) / (last.raw_us - first.raw_us) - 1) * 1e6;
  }

  quality(damaged_lines: number, torn_lines: number): LogQuality {
    return {
      damaged_lines,
      torn_lines,
      samples: this.samples,
      missed_ticks: this.missed,
      samples_without_host: this.withoutHost,
      gpu_readings: this.readings,
      late_gpu_readings: this.late,
      nvml_errors: this.nvmlErrors,
      greatest_step_us: this.greatestStep_us,
      slew_ppm: this.slew_ppm(),
      scheduling: this.scheduling,
      ended: this.ended,
    };
  }

  /** Rows of `resources`; ticks are counted from the log's first sample. */
  table(): Table {
    const fromFirst = (values: readonly (number | null)[]) => values.map((value) => value! - values[0]!);
    const { cpu_busy_ticks, cpu_total_ticks } = this.columns;
    return fromColumns(resources, {
      ...this.columns,
      cpu_busy_ticks: fromFirst(cpu_busy_ticks),
      cpu_total_ticks: fromFirst(cpu_total_ticks),
    });
  }
}
