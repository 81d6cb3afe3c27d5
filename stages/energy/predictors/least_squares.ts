/** Least squares by singular values (ml-matrix): the features are rank deficient, which normal equations do not bear. */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { standardiseRow, type Scaler } from './standardise.js';

/** Singular values below this part of the largest count as zero: METHODS 2 gives 1e-10 … 1e-6. */
const singularCut = 1e-8;

/** A linear regression on z-scores: target = bias + Σ weights·z. */
export interface Regressor {
  readonly scaler: Scaler;
  readonly weights: Float64Array;
  readonly bias: number;
}

/** The rows of a regression: some of a row-major matrix, each as often as `weights` says, and what they should give. */
export interface Rows {
  readonly values: Float64Array;
  readonly width: number;
  readonly rows: Int32Array;
  readonly weights: Int32Array;
  readonly target: Float64Array;
}

/**
 * Fits a regressor with intercept by least squares. Of all solutions it takes the one of least norm; `ridge` adds
 * ridge·Σ weights² to what is minimised. The intercept is neither shrunk nor part of the norm: rows and target are
 * centred first.
 */
export function fitRegressor({ values, width, rows, weights, target }: Rows, scaler: Scaler, ridge = 0): Regressor {
  const z = new Float64Array(rows.length * width);
  rows.forEach((row, i) => standardiseRow(values, width, row, scaler, z.subarray(i * width, (i + 1) * width)));
  const centre = new Float64Array(width);
  let [total, mean] = [0, 0];
  rows.forEach((row, i) => {
    total += weights[row];
    mean += weights[row] * target[row];
    for (let k = 0; k < width; k++) centre[k] += weights[row] * z[i * width + k];
  });
  mean /= total;
  for (let k = 0; k < width; k++) centre[k] /= total;
  const design = Matrix.zeros(rows.length, width);
  const wanted = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    const root = Math.sqrt(weights[row]);
    for (let k = 0; k < width; k++) design.set(i, k, root * (z[i * width + k] - centre[k]));
    wanted[i] = root * (target[row] - mean);
  });
  const solution = solve(design, wanted, ridge);
  const bias = solution.reduce((sum, weight, k) => sum - weight * centre[k], mean);
  return { scaler, weights: solution, bias };
}

/** The x of least norm that minimises |A·x − b|² + ridge·|x|². */
export function solve(a: Matrix, b: Float64Array, ridge = 0): Float64Array {
  const svd = new SingularValueDecomposition(a, { autoTranspose: true });
  const { leftSingularVectors: u, rightSingularVectors: v, diagonal } = svd;
  const solution = new Float64Array(a.columns);
  const cut = singularCut * Math.max(...diagonal);
  diagonal.forEach((singular, j) => {
    if (singular <= cut) return;
    let projection = 0;
    for (let i = 0; i < a.rows; i++) projection += u.get(i, j) * b[i];
    const factor = (projection * singular) / (singular * singular + ridge);
    for (let k = 0; k < a.columns; k++) solution[k] += factor * v.get(k, j);
  });
  return solution;
}

/** The terms of a regressor's prediction for one row, the bias last; they add up to it. */
export function termsOf(
  { scaler, weights, bias }: Regressor,
  values: Float64Array,
  width: number,
  row: number,
): Float64Array {
  const terms = new Float64Array(width + 1);
  standardiseRow(values, width, row, scaler, terms);
  for (let k = 0; k < width; k++) terms[k] *= weights[k];
  terms[width] = bias;
  return terms;
}

/** The prediction for one row. */
export function regress(
  { scaler, weights, bias }: Regressor,
  values: Float64Array,
  width: number,
  row: number,
): number {
  let sum = bias;
  for (let k = 0; k < width; k++) sum += weights[k] * ((values[row * width + k] - scaler.mean[k]) / scaler.scale[k]);
  return sum;
}
