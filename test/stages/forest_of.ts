/** A forest of rows of `features`, read as a task would read it. */
import type { Table as ArrowTable } from 'apache-arrow';
import { Database } from '../../pipeline/database.js';
import { kernel } from '../../stages/energy/predictors/kernel.js';
import { featureSets } from '../../stages/energy/predictors/feature_sets.js';
import type { Forest } from '../../stages/energy/predictors/forest.js';
import { readNodes } from '../../stages/energy/predictors/load_forest.js';
import type { Problem } from '../../stages/energy/predictors/predictor.js';
import { foldsOf, type SplitName } from '../../stages/energy/predictors/splits.js';
import { buildForest } from '../../stages/energy/predictors/trees.js';

export async function forestOf(features: ArrowTable, models: readonly string[], merge = true): Promise<Forest> {
  const database = await Database.open();
  await database.insert('features', features);
  const forest = buildForest(await readNodes(database, models), { merge });
  database.close();
  return forest;
}

/** A problem on a forest with METHODS 2's constants, all features and leave-one-model-out, but few epochs. */
export const problemOf = (forest: Forest, options: Partial<Problem> & { split?: SplitName } = {}): Problem => ({
  forest,
  features: featureSets[0],
  variant: 'clean',
  folds: foldsOf(options.split ?? 'leave_model_out', forest.workloads),
  seeds: [1],
  epochs: 2,
  learningRate: 1e-3,
  tau: 10,
  engine: kernel,
  ...options,
});
