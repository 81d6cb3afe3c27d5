/**
 * What a session needs of a bench: its clock, what meter and logger have told so far, who else is on the GPU, and the
 * node runner. `open_instruments.ts` has the real ones; a simulated PC has the same face and a clock of its own.
 */
import type { Identity } from '../../meters/meter.js';
import type { GpuRecord, HostRecord } from './logger_line.js';
import type { History } from './history.js';
import type { NodeRunner } from './node_runner.js';
import type { GpuUser } from './nvidia_smi.js';

/** A good line of the meter. */
export interface PowerLine {
  readonly mono_us: number;
  readonly seq: number | null;
  /** VA where the meter tells no real power. */
  readonly power_w: number;
  readonly current_a: number | null;
}

export type HostSample = Pick<HostRecord, 'mono_us' | 'utc_us' | 'raw_us' | 'cpu_busy_ticks' | 'cpu_total_ticks'>;

export type GpuSample = Pick<
  GpuRecord,
  'mono_us' | 'gpu_energy_uj' | 'gpu_power_mw' | 'gpu_clk_mhz' | 'gpu_temperature_c' | 'throttle_bits'
>;

export type Runner = Pick<
  NodeRunner,
  'hello' | 'load' | 'prepare' | 'warmUp' | 'calibrate' | 'round' | 'burst' | 'release' | 'close' | 'kill'
>;

export interface Instruments {
  /** Null where the bench has none: `power` stays empty then. */
  readonly meter: Identity | null;
  /** True where a GPU is measured: its samples are demanded then. */
  readonly hasGpu: boolean;
  readonly resourcePeriod_us: number;
  readonly threads: number;
  readonly power: History<PowerLine>;
  readonly host: History<HostSample>;
  readonly gpu: History<GpuSample>;
  /** The host's monotonic clock. */
  now_us(): number;
  /** Lets time pass; throws an UnavailableError where an instrument is gone for good. */
  wait(seconds: number): Promise<void>;
  /** Programs on the bench's GPU that are not ours; null where nobody tells. */
  gpuUsers(): Promise<readonly GpuUser[] | null>;
  /** Processor time of all our own processes so far: no load of others. */
  ownCpu_us(): number;
  startRunner(): Promise<Runner>;
  /** What the logs have so far is on the disk when it returns. */
  sync(): void;
}
