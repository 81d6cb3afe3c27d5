/**
 * Table 1's features, in the order in which the regressors see them, and the sets a predictor may be given. The names
 * are the columns of `features` (stages/featurize/tables.ts).
 */
import type { Setting } from './predictor.js';

/** What a model's specification and the workload tell, without running anything. */
export const modelFeatures = [
  'num_parameters',
  'input_size',
  'batch_size',
  'length',
  'flops_million',
  'mem_mib',
] as const;

/** What was logged while the node ran. */
export const resourceFeatures = [
  'cpu_pct',
  'mem_pct',
  'gpu_pct',
  'gpu_mem_pct',
  'gpu_clk_mhz',
  'gpu_mem_clk_mhz',
  'latency_s',
  'gpu_j',
] as const;

/** All features in order: a node's record is these values. */
export const featureNames = [...modelFeatures, ...resourceFeatures] as const;

export type FeatureName = (typeof featureNames)[number];

export interface FeatureSet {
  /** As in the tables: `all`, `model_only`, `resource_only`, or the name of a list of the user's own. */
  readonly name: string;
  readonly columns: readonly FeatureName[];
}

/** The paper's sets (Table 8). Without model features the two sizes that say how much is run stay. */
export const featureSets: readonly FeatureSet[] = [
  { name: 'all', columns: featureNames },
  { name: 'model_only', columns: modelFeatures },
  { name: 'resource_only', columns: ['num_parameters', 'input_size', ...resourceFeatures] },
];

/** Features that hold nothing measured make every predictor one for planning (METHODS 2). */
export function settingOf(ofPredictor: Setting, columns: readonly string[]): Setting {
  const measured: readonly string[] = resourceFeatures;
  return columns.some((column) => measured.includes(column)) ? ofPredictor : 'planned';
}
