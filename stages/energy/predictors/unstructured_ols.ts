/** Unstructured in closed form: least squares in joules over all rows of modules and models, degree 1 (METHODS 2). */
import { classesOf, selectFeatures } from './forest.js';
import { fitRegressor, regress, termsOf } from './least_squares.js';
import { treeScaler } from './linear_layer.js';
import { partOf, readRegressor, regressorParts } from './parts.js';
import type { Predictor } from './predictor.js';
import { extrapolated, rangeParts } from './range.js';

/** On the squares of the weights of z-scores, in J²: keeps collinear features apart (METHODS 2). */
const ridge = 1e-6;

export const unstructuredOls: Predictor = {
  *fit(problem) {
    const { forest, variant } = problem;
    const { columns } = problem.features;
    const values = selectFeatures(forest, columns, variant);
    for (const fold of problem.folds) {
      const training = forest.workloads.filter((workload) => !fold.heldOut(workload));
      const rows = classesOf(training, 'inner');
      const of = { values, width: columns.length, rows, weights: forest.nodes, target: forest.wallJ };
      const regressor = fitRegressor(of, treeScaler(problem, fold), ridge);
      const shared = [...regressorParts('tree', columns, regressor), ...rangeParts(problem, fold)];
      yield { variant, fold: fold.name, shared, seeds: [] };
    }
  },
  predict(fitted, forest, workloads) {
    const { terms: columns } = partOf(fitted.shared, 'tree/mean');
    const values = selectFeatures(forest, columns, fitted.variant);
    const regressor = readRegressor(fitted.shared, 'tree');
    const classes = classesOf(workloads, 'inner');
    const wallJ = Float64Array.from(classes, (c) => regress(regressor, values, columns.length, c));
    const draws = [{ seed: null, wallJ, latencyS: null, alpha: null }];
    return { classes, ...extrapolated(fitted, forest, workloads, classes), draws };
  },
  explain({ shared, variant }, forest, node) {
    const { terms: columns } = partOf(shared, 'tree/mean');
    const values = selectFeatures(forest, columns, variant);
    const terms = termsOf(readRegressor(shared, 'tree'), values, columns.length, node);
    return Array.from(terms, (wallJ, k) => ({ name: columns[k] ?? 'bias', wallJ, child: null }));
  },
};
