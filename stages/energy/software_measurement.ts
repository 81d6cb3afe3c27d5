/**
 * The software measurement that the paper compares with (its section 5.1; Strubell et al. 2019; Henderson et al. 2020):
 * e_total = PUE · Σ_p (p_dram·e_dram + p_cpu·e_cpu + p_gpu·e_gpu), for benches that log the energies of CPU and memory
 * (RAPL) beside the GPU's.
 */

/** Power usage effectiveness of an average data centre in experiment-impact-tracker; 1 for a machine without one. */
export const usualPue = 1.58;

const resources = ['dram', 'cpu', 'gpu'] as const;

/** One process over one period; null is a resource that was not logged. */
export interface SoftwareSample {
  /** Energy of the whole resource in the period, in joules. */
  readonly dram_j: number | null;
  readonly cpu_j: number | null;
  readonly gpu_j: number | null;
  /** The process's part of what is in use of the resource, 0 to 1. */
  readonly dram_share: number | null;
  readonly cpu_share: number | null;
  readonly gpu_share: number | null;
}

/** Estimated joules of all processes and periods; null where an energy or a share is absent, which is not the same as 0. */
export function softwareMeasurement(samples: readonly SoftwareSample[], pue = usualPue): number | null {
  let sum = 0;
  for (const sample of samples) {
    for (const resource of resources) {
      const energy = sample[`${resource}_j`];
      const share = sample[`${resource}_share`];
      if (energy === null || share === null) return null;
      sum += share * energy;
    }
  }
  return pue * sum;
}
