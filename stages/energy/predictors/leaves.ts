/**
 * The ML level: one linear regressor for each primitive type, on z-scores of its training rows, in joules. Rows count
 * as often as they occur; negative predictions pass through (METHODS 2).
 */
import { classesOf, selectFeatures, type Forest, type Workload } from './forest.js';
import { fitRegressor, regress, termsOf, type Regressor } from './least_squares.js';
import { readRegressor, regressorParts } from './parts.js';
import type { Part, Problem, Variant } from './predictor.js';
import type { Fold } from './splits.js';
import { fitScaler } from './standardise.js';

/** The name of the regressor over all primitives: it predicts those that were not trained, labelled extrapolated. */
export const anyType = 'any';

/** Regressors by primitive type, and one for any other. */
export interface Leaves {
  readonly columns: readonly string[];
  readonly regressors: ReadonlyMap<string, Regressor>;
}

/** The regressors of one fold, fitted on what it does not hold out. */
export function fitLeaves({ forest, features: { columns }, variant }: Problem, { heldOut }: Fold): Leaves {
  const training = classesOf(
    forest.workloads.filter((workload) => !heldOut(workload)),
    'leaves',
  );
  const values = selectFeatures(forest, columns, variant);
  const width = columns.length;
  const regressors = new Map<string, Regressor>();
  for (const name of [...forest.types, anyType]) {
    const rows = name === anyType ? training : training.filter((c) => forest.types[forest.type[c]] === name);
    if (rows.length === 0) continue;
    const scaler = fitScaler(values, width, rows, forest.nodes);
    regressors.set(name, fitRegressor({ values, width, rows, weights: forest.nodes, target: forest.wallJ }, scaler));
  }
  return { columns, regressors };
}

const regressorFor = ({ regressors }: Leaves, forest: Forest, c: number): Regressor =>
  regressors.get(forest.types[forest.type[c]]) ?? regressors.get(anyType)!;

/** Writes the predicted joules of a workload's leaves into `joules`, an array over all classes. */
export function predictLeaves(
  leaves: Leaves,
  forest: Forest,
  variant: Variant,
  workloads: readonly Workload[],
  joules: Float64Array,
): void {
  const width = leaves.columns.length;
  const values = selectFeatures(forest, leaves.columns, variant);
  for (const c of classesOf(workloads, 'leaves')) {
    joules[c] = regress(regressorFor(leaves, forest, c), values, width, c);
  }
}

/** The terms that a leaf's prediction is the sum of. */
export function explainLeaf(
  leaves: Leaves,
  forest: Forest,
  variant: Variant,
  c: number,
): { name: string; wallJ: number }[] {
  const values = selectFeatures(forest, leaves.columns, variant);
  const terms = termsOf(regressorFor(leaves, forest, c), values, leaves.columns.length, c);
  return Array.from(terms, (wallJ, k) => ({ name: leaves.columns[k] ?? '1', wallJ }));
}

export const leafParts = ({ columns, regressors }: Leaves): Part[] =>
  [...regressors].flatMap(([type, regressor]) => regressorParts(type, columns, regressor));

/** The regressors among fitted parts. */
export function readLeaves(parts: readonly Part[]): Leaves {
  const any = parts.find(({ name }) => name === `${anyType}/mean`)!;
  const types = parts.flatMap(({ name }) => /^(?!tree\/)(.+)\/bias$/.exec(name)?.[1] ?? []);
  return { columns: any.terms, regressors: new Map(types.map((type) => [type, readRegressor(parts, type)])) };
}
