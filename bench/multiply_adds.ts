/** The multiply-adds of a run's training: two products a step, for every tree, epoch, seed, fold and partition of train. */
import { readdirSync } from 'node:fs';
import { featureSets } from '../stages/energy/predictors/feature_sets.js';
import type { Forest } from '../stages/energy/predictors/forest.js';
import { type ObjectiveName, objectives } from '../stages/energy/predictors/objectives.js';
import { polynomial, treeDegree } from '../stages/energy/predictors/polynomial.js';
import { foldsOf, type SplitName } from '../stages/energy/predictors/splits.js';

/** configs/pc1.yaml's, and train's default. */
const seeds = 20;
const epochs = 8;

function ofPartition(forest: Forest, objective: ObjectiveName, columns: readonly string[], split: SplitName): number {
  const terms = polynomial(columns, treeDegree).terms.length;
  let rows = 0;
  for (const { heldOut } of foldsOf(split, forest.workloads)) {
    for (const workload of forest.workloads) {
      const trained = !heldOut(workload) && workload.inner < workload.end;
      if (trained) rows += objectives[objective].rows(workload).count;
    }
  }
  return 2 * rows * terms * epochs * seeds;
}

/** Of all partitions in the folder of train's manifests, which are named predictor.features.variant.split. */
export function multiplyAdds(forest: Forest, train: string): number {
  let sum = 0;
  for (const file of readdirSync(train)) {
    const [predictor, features, , split] = file.replace(/\.json$/, '').split('.');
    if (!file.endsWith('.json') || !(predictor in objectives)) continue;
    const { columns } = featureSets.find(({ name }) => name === features)!;
    sum += ofPartition(forest, predictor as ObjectiveName, columns, split as SplitName);
  }
  return sum;
}
