/**
 * The resource log of a session: a sample every period, each the mean of the period that ends there, on the host's
 * clock. /proc's counters count ticks; NVML prints whole numbers, dithered by carrying each one's remainder to the next.
 */
import { Random } from '../energy/random.js';
import type { Instruments } from './instruments.js';
import { effectiveOverlap_us, type Load, overlap_us } from './load.js';
import { stepped } from './meter.js';
import type { Schedule } from './schedule.js';

/** Ticks of a hardware thread in a second: Linux's USER_HZ. */
const ticksPerSecond = 100;

/** NVML prints power in whole milliwatts; here as a share of `resource_step`, so that ideal prints exact values. */
const powerStep_w = 1e-3;

export interface Host {
  readonly threads: number;
  readonly memory_kib: number;
}

export interface ResourceLog {
  readonly mono_us: Float64Array;
  readonly cpu_busy_ticks: Float64Array;
  readonly cpu_total_ticks: Float64Array;
  readonly mem_total_kib: Float64Array;
  readonly mem_available_kib: Float64Array;
  readonly gpu_pct: Float64Array;
  readonly gpu_mem_pct: Float64Array;
  readonly gpu_clk_mhz: Float64Array;
  readonly gpu_mem_clk_mhz: Float64Array;
  readonly gpu_power_w: Float64Array;
}

/** Values that a load shows; the GPU's power is apart because it ripples. */
const shown = ['cpu_pct', 'mem_pct', 'gpu_pct', 'gpu_mem_pct', 'gpu_clk_mhz', 'gpu_mem_clk_mhz'] as const;
type Shown = (typeof shown)[number];

/** Means of every period: what is shown, and the GPU's power. */
function periodMeans({ steps, standby, first_us, last_us }: Schedule, period_us: number) {
  const length = Math.floor((last_us - first_us) / period_us);
  const means = Object.fromEntries(
    [...shown, 'gpu_w' as const].map((name) => [name, new Float64Array(length).fill(standby[name])]),
  ) as Record<Shown | 'gpu_w', Float64Array>;
  let next = 0;
  for (let k = 0; k < length; k++) {
    const end_us = first_us + (k + 1) * period_us;
    const start_us = end_us - period_us;
    while (next < steps.length && steps[next].end_us <= start_us) next++;
    for (let i = next; i < steps.length && steps[i].start_us < end_us; i++) {
      const step: Load = steps[i];
      const part = overlap_us(steps[i], start_us, end_us) / period_us;
      for (const name of shown) means[name][k] += part * (step[name] - standby[name]);
      const rippled = effectiveOverlap_us(steps[i], start_us, end_us) / period_us;
      means.gpu_w[k] += rippled * step.gpu_w - part * standby.gpu_w;
    }
  }
  return means;
}

/** Multiples of a step whose running sum follows that of the values to within half a step. */
export function dithered(values: Float64Array, step: number): Float64Array {
  if (step === 0) return values;
  let carried = 0;
  return values.map((value) => {
    const printed = stepped(value + carried, step);
    carried += value - printed;
    return printed;
  });
}

/** The resource log of a session; `key` (seed, session) is what its noise is drawn for. */
export function resourceLog(
  plan: Schedule,
  instruments: Instruments,
  host: Host,
  key: readonly (string | number)[],
): ResourceLog {
  const period_us = instruments.resource_period * 1e6;
  const means = periodMeans(plan, period_us);
  const noise = new Random(...key, 'resource noise');
  const gpu_w = means.gpu_w.map((mean) => mean * (1 + instruments.resource_noise * noise.gaussian()));
  const step = instruments.resource_step;
  const ticks = host.threads * ticksPerSecond * instruments.resource_period;
  let busy = 0;
  return {
    mono_us: means.gpu_w.map((_, k) => Math.round(plan.first_us + (k + 1) * period_us)),
    cpu_busy_ticks: means.cpu_pct.map((cpu_pct) => Math.round((busy += (cpu_pct / 100) * ticks))),
    cpu_total_ticks: means.cpu_pct.map((_, k) => Math.round((k + 1) * ticks)),
    mem_total_kib: new Float64Array(gpu_w.length).fill(host.memory_kib),
    mem_available_kib: means.mem_pct.map((mem_pct) => Math.round(host.memory_kib * (1 - mem_pct / 100))),
    gpu_pct: dithered(means.gpu_pct, step),
    gpu_mem_pct: dithered(means.gpu_mem_pct, step),
    gpu_clk_mhz: dithered(means.gpu_clk_mhz, step),
    gpu_mem_clk_mhz: dithered(means.gpu_mem_clk_mhz, step),
    gpu_power_w: dithered(gpu_w, step * powerStep_w),
  };
}
