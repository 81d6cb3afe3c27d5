/**
 * Unstructured: no tree, P(n) = w·f(n) + b for every module and model, trained like End2End (paper, section 5.5). It
 * has no prediction for primitives.
 */
import { classesOf, pick, selectFeatures } from './forest.js';
import { linearOutputs, trainFolds } from './linear_layer.js';
import { partOf, readScaler } from './parts.js';
import { expand, polynomial, treeDegree } from './polynomial.js';
import type { Predictor } from './predictor.js';
import { extrapolated, rangeParts } from './range.js';

export const unstructured: Predictor = {
  fit(problem) {
    const nothing = new Float64Array(problem.forest.type.length);
    return trainFolds(
      problem,
      'unstructured',
      () => nothing,
      (f) => rangeParts(problem, problem.folds[f]),
    );
  },
  predict(fitted, forest, workloads) {
    const classes = classesOf(workloads, 'inner');
    const outputs = linearOutputs(fitted, 'unstructured', forest, workloads);
    return {
      classes,
      ...extrapolated(fitted, forest, workloads, classes),
      draws: fitted.seeds.map(({ seed }, s) => ({
        seed,
        wallJ: pick(outputs[s], classes),
        latencyS: null,
        alpha: null,
      })),
    };
  },
  explain({ shared, seeds, variant }, forest, node) {
    const { terms: columns } = partOf(shared, 'tree/mean');
    const monomials = polynomial(columns, treeDegree);
    const values = selectFeatures(forest, columns, variant);
    const x = expand(values, Int32Array.of(node), readScaler(shared, 'tree'), monomials);
    const weights = partOf(seeds[0].parts, 'tree/weight').values;
    const count = monomials.terms.length;
    const terms = monomials.terms.map((name, t) => ({ name, wallJ: weights[t] * x[node * count + t], child: null }));
    return [...terms, { name: 'bias', wallJ: partOf(seeds[0].parts, 'tree/bias').values[0], child: null }];
  },
};
