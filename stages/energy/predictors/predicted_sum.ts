/** PredictedSum: the plain sum of what the primitives' regressors predict, α = 1 everywhere (paper, equation 2). */
import { fitLeaves, leafParts } from './leaves.js';
import type { Fitted, Predictor, Problem } from './predictor.js';
import { rangeParts } from './range.js';
import { sumOfChildren } from './up_the_tree.js';

function* fit(problem: Problem): Generator<Fitted> {
  for (const fold of problem.folds) {
    const shared = [...leafParts(fitLeaves(problem, fold)), ...rangeParts(problem, fold)];
    yield { variant: problem.variant, fold: fold.name, shared, seeds: [] };
  }
}

export const predictedSum: Predictor = sumOfChildren(fit, (_fitted, forest) => [
  { seed: null, alpha: new Float64Array(forest.type.length).fill(1) },
]);
