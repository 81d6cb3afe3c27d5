/**
 * What a bench tells the stages, whichever source its measurements come from: which nodes exist, what stands for them,
 * and (for a replay) the mean that was measured for each measurement.
 */

/** Part of a tree that was measured as one job: primitives that are modules, primitives that are functions, … */
export type Part = 'ml_module' | 'ml_function' | 'module' | 'model';
export const allParts: readonly Part[] = ['ml_module', 'ml_function', 'module', 'model'];

/** One workload and the parts of its tree that exist on the bench; a lacking part is a finding "not published". */
export interface Cell {
  readonly model: string;
  readonly batch_size: number;
  readonly length: number;
  readonly parts: readonly Part[];
}

/** The mean of one measurement: what a replay turns back into logs. Energies and time are of one run. */
export interface MeasurementMean {
  readonly measurement_id: string;
  readonly level: 'ml' | 'module' | 'model';
  readonly latency_s: number;
  readonly wall_j: number;
  readonly gpu_j: number;
  readonly cpu_pct: number;
  readonly mem_pct: number;
  readonly gpu_pct: number;
  readonly gpu_mem_pct: number;
  readonly gpu_clk_mhz: number;
  readonly gpu_mem_clk_mhz: number;
}

/**
 * The merge rule of the published data and of the twin: nodes of one model and workload with equal type and counts
 * share one measurement (METHODS 2, traps). `flops` and `memBytes` are plain counts.
 */
export const measurementId = (
  model: string,
  batchSize: number,
  length: number,
  type: string,
  flops: number,
  memBytes: number,
): string => `${model}/b${batchSize}/s${length}/${type}/${flops}/${memBytes}`;
