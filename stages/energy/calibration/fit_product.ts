/**
 * Every predictor of the product, fitted on all that was measured, with its intervals: nothing is held out, since what it will predict is
 * a model that is not among them. A catalogue of equal shapes is not fitted: it would hold the measurements themselves.
 */
import { loadEngine } from '../predictors/engine.js';
import { featureSets } from '../predictors/feature_sets.js';
import type { Forest } from '../predictors/forest.js';
import { intervalParts } from '../predictors/intervals.js';
import { predictors, type PredictorEntry, type PredictorName } from '../predictors/list.js';
import type { Fitted, Problem } from '../predictors/predictor.js';
import type { Fold } from '../predictors/splits.js';

const names: readonly string[] = ['law', 'children', 'composition', 'planned', 'planned_clock'];

/** The predictors that `predict` can use, in the order of the tables. */
export const productPredictors = Object.keys(predictors).filter((name) => names.includes(name)) as PredictorName[];

/** Holds out nothing. */
const none: Fold = { name: 'none', heldOut: () => false };

/** Fits one after the other; `forest` knows what its nodes compute. Throws a UsageError where one cannot be fitted. */
export async function* fitProduct(
  forest: Forest,
): AsyncGenerator<{ readonly name: PredictorName; readonly fitted: Fitted }> {
  const problem: Problem = {
    forest,
    features: featureSets[0],
    variant: 'clean',
    folds: [none],
    // None of them draws random numbers or trains step by step.
    seeds: [],
    epochs: 0,
    learningRate: 0,
    tau: 1,
    engine: await loadEngine('kernel'),
  };
  for (const name of productPredictors) {
    const entry: PredictorEntry = predictors[name];
    const predictor = await entry.load();
    const [fitted] = [...predictor.fit(problem)];
    const shared = [...fitted.shared, ...intervalParts(predictor, problem, none)];
    yield { name, fitted: { ...fitted, shared } };
  }
}
