/** What the machine draws and shows while one step of a session runs, and the mean of it over any window. */
import type { MeasurementMean } from '../energy/benches/bench.js';

/** The means of a step; powers in W, shares in % of the machine, clocks in MHz. */
export interface Load {
  readonly wall_w: number;
  readonly gpu_w: number;
  readonly cpu_pct: number;
  readonly mem_pct: number;
  readonly gpu_pct: number;
  readonly gpu_mem_pct: number;
  readonly gpu_clk_mhz: number;
  readonly gpu_mem_clk_mhz: number;
}

/** One interval of load: a round of a measurement, or an on-step of a sync burst. Between steps there is standby. */
export interface Step extends Load {
  readonly kind: 'round' | 'sync';
  readonly measurement_id: string | null;
  readonly round: number;
  readonly repeats: number;
  readonly start_us: number;
  readonly end_us: number;
  /** Amplitude of the ripple about the mean power, relative; 0 is flat. */
  readonly ripple: number;
  /** Whole cycles of the ripple in the step, so that its mean is exact. */
  readonly cycles: number;
}

export function loadOf(mean: MeasurementMean, repeats: number, duration_s: number): Load {
  return {
    wall_w: (mean.wall_j * repeats) / duration_s,
    gpu_w: (mean.gpu_j * repeats) / duration_s,
    cpu_pct: mean.cpu_pct,
    mem_pct: mean.mem_pct,
    gpu_pct: mean.gpu_pct,
    gpu_mem_pct: mean.gpu_mem_pct,
    gpu_clk_mhz: mean.gpu_clk_mhz,
    gpu_mem_clk_mhz: mean.gpu_mem_clk_mhz,
  };
}

/**
 * ∫ (1 + ripple · sin φ(t)) dt over the part of a step between two host stamps (µs): its overlap in the mean, φ going
 * through the step's whole cycles. Times a power in W it is the step's energy in µJ.
 */
export function effectiveOverlap_us(step: Step, from_us: number, to_us: number): number {
  const from = Math.max(from_us, step.start_us) - step.start_us;
  const to = Math.min(to_us, step.end_us) - step.start_us;
  if (to <= from) return 0;
  if (step.ripple === 0) return to - from;
  const angularRate = (2 * Math.PI * step.cycles) / (step.end_us - step.start_us);
  return to - from + (step.ripple / angularRate) * (Math.cos(angularRate * from) - Math.cos(angularRate * to));
}

/** The part of a step between two host stamps, µs. */
export function overlap_us(step: Step, from_us: number, to_us: number): number {
  return Math.max(0, Math.min(to_us, step.end_us) - Math.max(from_us, step.start_us));
}
