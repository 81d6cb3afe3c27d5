/** Checks of a machine between rounds: is it idle, alone and cool, and is its standby what it was? */
import type { GpuSample, HostSample, PowerLine } from '../../energy/benches/live/instruments.js';
import type { GpuUser } from '../../energy/benches/live/nvidia_smi.js';
import { type Broken, broken, liveChecks } from './checks.js';

/** A machine over some seconds in which we ran nothing. */
export interface Idle {
  readonly seconds: number;
  /** False where there is no meter: then only the CPU and the GPU tell whether it is idle. */
  readonly metered: boolean;
  readonly power: readonly PowerLine[];
  readonly host: readonly HostSample[];
  /** Processor time that our own processes took meanwhile. */
  readonly own_cpu_us: number;
  readonly threads: number;
}

export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** 14: processor time of others, of all threads. Null where the logger told too little. */
export function othersLoad_pct({ host, own_cpu_us, threads }: Idle): number | null {
  const [first, last] = [host[0], host.at(-1)];
  if (!first || !last || last.mono_us <= first.mono_us) return null;
  if (first.cpu_busy_ticks === null || last.cpu_busy_ticks === null) return null;
  const total = (last.cpu_total_ticks ?? 0) - (first.cpu_total_ticks ?? 0);
  if (total <= 0) return null;
  const busy_pct = (100 * (last.cpu_busy_ticks - first.cpu_busy_ticks)) / total;
  const own_pct = (100 * own_cpu_us) / ((last.mono_us - first.mono_us) * threads);
  return Math.max(0, busy_pct - own_pct);
}

/** What is allowed above standby, W: what the protocol says, or 1 % where that is more (check 14). */
const standbyBand_w = (standby_w: number, limit_w: number): number => Math.max(limit_w, standby_w / 100);

/** 14: what keeps the machine from being idle; null where it is. `standby_w` null: not known yet. */
export function notIdle(
  idle: Idle,
  standby_w: number | null,
  cpuLimit_pct: number,
  limit_w: number = liveChecks.standby_w.limit,
): Broken | null {
  const { cpuLoad_pct, standby_w: standby } = liveChecks;
  const power_w = mean(idle.power.map(({ power_w }) => power_w));
  if (idle.metered && power_w === null) return broken(standby, null, `the meter told nothing for ${idle.seconds} s`);
  const load_pct = othersLoad_pct(idle);
  if (load_pct === null) return broken(cpuLoad_pct, null, `the resource logger told nothing for ${idle.seconds} s`);
  if (load_pct >= cpuLimit_pct) {
    return broken({ ...cpuLoad_pct, limit: cpuLimit_pct }, load_pct, `other programs take ${load_pct.toFixed(2)} % of the CPU`); // prettier-ignore
  }
  if (standby_w === null || power_w === null) return null;
  const band_w = standbyBand_w(standby_w, limit_w);
  if (power_w <= standby_w + band_w) return null;
  const above = `${power_w.toFixed(2)} W at the wall, standby is ${standby_w.toFixed(2)} W`;
  return broken({ ...standby, limit: band_w }, power_w - standby_w, above);
}

/** 15: standby against the one before, % an hour. */
export function standbyDrift(before_w: number, now_w: number, hours: number): Broken | null {
  const drift_pct = (100 * Math.abs(now_w - before_w)) / before_w / Math.max(hours, 1);
  if (drift_pct <= liveChecks.standbyDrift_pct.limit) return null;
  const moved = `standby moved from ${before_w.toFixed(2)} to ${now_w.toFixed(2)} W: the new one holds from here on`;
  return broken(liveChecks.standbyDrift_pct, drift_pct, moved);
}

/** 16: is the GPU hotter than at the start? Null where it is not, or tells no temperature. */
export function tooHot(
  gpu: GpuSample | undefined,
  start_c: number | null,
  limit: number = liveChecks.startTemperature_c.limit,
): Broken | null {
  const now_c = gpu?.gpu_temperature_c ?? null;
  if (now_c === null || start_c === null || now_c <= start_c + limit) return null;
  return broken(
    { ...liveChecks.startTemperature_c, limit },
    now_c - start_c,
    `the GPU has ${now_c} °C, at the start it had ${start_c} °C`,
  );
}

/** Whether the temperature stood still: then the room is warmer, and waiting will not cool it. */
export function settled(gpu: readonly GpuSample[]): boolean {
  const degrees = gpu.flatMap(({ gpu_temperature_c }) => gpu_temperature_c ?? []);
  return degrees.length > 1 && Math.max(...degrees) - Math.min(...degrees) <= 1;
}

/** 27: who else computes on the GPU. Null: nobody, or nobody tells. */
export function notAlone(users: readonly GpuUser[] | null): Broken | null {
  if (!users || users.length === 0) return null;
  const names = users.map(({ name, pid }) => `${name} (process ${pid})`).join(', ');
  return broken(liveChecks.exclusive, users.length, `the GPU is used by ${names}`);
}
