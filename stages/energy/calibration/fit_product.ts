/**
 * Every predictor of the product, fitted on all that was measured, with its intervals: nothing is held out, since what it will predict is
 * a model that is not among them. A catalogue of equal shapes is not fitted: it would hold the measurements themselves.
 */
import { loadEngine } from '../predictors/engine.js';
import { featureNames, featureSets } from '../predictors/feature_sets.js';
import { recordWidth, type Forest } from '../predictors/forest.js';
import { intervalParts } from '../predictors/intervals.js';
import { neededColumns, predictors, type PredictorEntry, type PredictorName } from '../predictors/list.js';
import type { PredictedEnergy } from '../predictors/predicted_energy.js';
import type { Fitted, Problem } from '../predictors/predictor.js';
import type { Fold } from '../predictors/splits.js';

const names: readonly string[] = ['law', 'children', 'composition', 'planned', 'planned_clock'];

/** The predictors that `predict` can use, in the order of the tables. */
export const productPredictors = Object.keys(predictors).filter((name) => names.includes(name)) as PredictorName[];

/** The columns that are not known of a single node. */
const untold = ({ records, type }: Forest): string[] =>
  featureNames.filter((_, k) => type.every((__, c) => Number.isNaN(records[c * recordWidth + k])));

/**
 * Those that what a bench tells can fit: without a GPU none that goes by one. GPU joules are not told to what predicts
 * them, so that of these only what goes by specifications is left.
 */
export function productOf(forest: Forest, energy: PredictedEnergy): PredictorName[] {
  const lacking = [...untold(forest), ...(energy === 'gpu_j' ? ['gpu_j'] : [])];
  return productPredictors.filter(
    (name) => !neededColumns(predictors[name], featureSets[0]).some((column) => lacking.includes(column)),
  );
}

/** Holds out nothing. */
const none: Fold = { name: 'none', heldOut: () => false };

/** What they are fitted to: none of them draws random numbers or trains step by step. */
export async function productProblem(forest: Forest, folds: readonly Fold[]): Promise<Problem> {
  const untrained = { seeds: [], epochs: 0, learningRate: 0, tau: 1 };
  return {
    forest,
    features: featureSets[0],
    variant: 'clean',
    folds,
    ...untrained,
    engine: await loadEngine('kernel'),
  };
}

/** Fits one after the other; `forest` knows what its nodes compute. Throws a UsageError where one cannot be fitted. */
export async function* fitProduct(
  forest: Forest,
  chosen: readonly PredictorName[],
): AsyncGenerator<{ readonly name: PredictorName; readonly fitted: Fitted }> {
  const problem = await productProblem(forest, [none]);
  for (const name of chosen) {
    const entry: PredictorEntry = predictors[name];
    const predictor = await entry.load();
    const [fitted] = [...predictor.fit(problem)];
    const shared = [...fitted.shared, ...intervalParts(predictor, problem, none)];
    yield { name, fitted: { ...fitted, shared } };
  }
}
