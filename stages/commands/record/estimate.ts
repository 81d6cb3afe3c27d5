/** The wall's joules without a meter: by the wall-power law of a bench, as `predict` uses it (METHODS 3). */
import { UsageError } from '../../../pipeline/errors.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { benchSchema, type CalibratedBench } from '../../energy/benches/bench_file.js';
import { predictClasses } from '../../energy/prediction/class_predictions.js';
import { withCpuLoad } from '../../energy/prediction/cpu_load.js';
import { fittedBench } from '../../energy/prediction/fitted_bench.js';
import { forestOfTrees, type Measured } from '../../energy/prediction/forest_of_trees.js';
import type { ModelNode } from '../../energy/prediction/model_node.js';
import { type Energies, isKnown } from './energies.js';

export interface Estimate {
  readonly bench: string;
  /** Where what was fitted there was measured. */
  readonly source: string;
  readonly wall_j: number;
  readonly low_j: number | null;
  readonly high_j: number | null;
  /** 0…1. */
  readonly coverage: number | null;
  /** Why it goes beyond what the bench was fitted on; null where it does not. */
  readonly extrapolated_by: string | null;
}

/** A program as the root of a tree of its own: nothing is known of it but what was logged. */
const node: ModelNode = {
  id: 0,
  parent: null,
  path: '',
  scope: '',
  type: 'program',
  level: 'model',
  parameters: NaN,
  flops: NaN,
  memBytes: NaN,
  signature: 'program',
  operators: [],
};

/** The GPU that a bench was fitted on, as it is described; null where it is not. */
export const gpuOfBench = ({ file }: CalibratedBench): string | null => readYaml(file, benchSchema).gpu?.name ?? null;

/**
 * Estimates a second of the program and multiplies: the law is linear, and its interval is learned from runs of about
 * that length. Throws a UsageError where the bench has no such law, or no GPU was logged.
 */
export async function estimateWall(
  bench: CalibratedBench,
  { gpus, means, cpu_j }: Energies,
  time_s: number,
): Promise<Estimate | null> {
  // prettier-ignore
  const fitted = fittedBench(bench.name, bench.predictors);
  const law = await fitted.open('law');
  if (!law) throw new UsageError(`--on ${bench.name}: it has no wall-power law, only ${fitted.predictors.join(', ')}`);
  const known = gpus.filter(isKnown);
  if (known.length < gpus.length) return null;
  const gpu_j = known.reduce((sum, { energy_j }) => sum + energy_j, 0);
  const second: Measured = {
    latency_s: 1,
    gpu_j: gpu_j / time_s,
    ...(means.cpu_pct === null ? {} : { cpu_pct: means.cpu_pct }),
    ...(cpu_j === null ? {} : { cpu_j: cpu_j / time_s }),
  };
  const measured = withCpuLoad(law.fitted, new Map([[0, second]]), bench.name);
  const forest = forestOfTrees([{ model: 'program', workload: { batchSize: 1, length: 1 }, nodes: [node], measured }]);
  const { wallJ, lowJ, highJ, reasons, coverage } = predictClasses(law, 'law', 'profiled', forest, null);
  const told = (value: number): number | null => (Number.isFinite(value) ? value * time_s : null);
  return {
    bench: bench.name,
    source: bench.source,
    wall_j: wallJ[0] * time_s,
    low_j: told(lowJ[0]),
    high_j: told(highJ[0]),
    coverage,
    extrapolated_by: reasons[0],
  };
}
