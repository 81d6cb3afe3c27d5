/** A few measurements to lay out sessions with. */
import type { MeasurementMean } from '../../../stages/energy/benches/bench.js';
import { type Instruments, idealInstruments } from '../../../stages/profile/instruments.js';
import { type Schedule, schedule } from '../../../stages/profile/schedule.js';

export const idleGpu = { gpu_w: 10, gpu_clk_mhz: 139, gpu_mem_clk_mhz: 405 };

/** One measurement by its latency and wall power; the rest is what a GPU might show. */
export function meanOf(measurement_id: string, latency_s: number, wall_w: number, level = 'ml'): MeasurementMean {
  return {
    measurement_id,
    level: level as MeasurementMean['level'],
    latency_s,
    wall_j: wall_w * latency_s,
    gpu_j: 0.6 * wall_w * latency_s,
    cpu_pct: 8.5371,
    mem_pct: 10.43,
    gpu_pct: 87.318,
    gpu_mem_pct: 17.09821,
    gpu_clk_mhz: 1753.779,
    gpu_mem_clk_mhz: 3802,
  };
}

export const means: readonly MeasurementMean[] = [
  meanOf('tanh', 1.7413e-5, 148.3),
  meanOf('linear', 3.1789e-4, 301.7),
  meanOf('layer', 4.12345e-3, 279.9, 'module'),
  meanOf('root', 0.2771, 320.4, 'model'),
];

export const session = (
  instruments: Instruments = idealInstruments,
  of: readonly MeasurementMean[] = means,
  protocol = { round: 20, rounds: 5 },
): Schedule => schedule(of, protocol, instruments, idleGpu);
