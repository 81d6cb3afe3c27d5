import { Matrix } from 'ml-matrix';
import MultivariateLinearRegression from 'ml-regression-multivariate-linear';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitRegressor, regress, solve, termsOf } from '../../../../stages/energy/predictors/least_squares.js';
import { fitScaler } from '../../../../stages/energy/predictors/standardise.js';
import { Random } from '../../../../stages/energy/random.js';

const width = 4;
const count = 30;
const random = new Random('least squares');
const values = Float64Array.from({ length: count * width }, () => random.gaussian());
const target = Float64Array.from({ length: count }, (_, i) => 3 + 2 * values[i * width] + random.gaussian());
const rows = Int32Array.from({ length: count }, (_, i) => i);
const weights = Int32Array.from({ length: count }, (_, i) => 1 + (i % 3));

const fit = (of: Float64Array, ridge = 0) =>
  fitRegressor({ values: of, width, rows, weights, target }, fitScaler(of, width, rows, weights), ridge);

/** The weights of columns 0 and 2 alone. */
function fitWithoutCopies(of: Float64Array): Float64Array {
  const columns = new Float64Array(count * 2);
  rows.forEach((row) => columns.set([of[row * width], of[row * width + 2]], row * 2));
  return fitRegressor({ values: columns, width: 2, rows, weights, target }, fitScaler(columns, 2, rows, weights))
    .weights;
}

test('predictions are those of an independent regression on the repeated rows', () => {
  const repeated = [...rows].flatMap((row) => Array.from({ length: weights[row] }, () => row));
  const oracle = new MultivariateLinearRegression(
    repeated.map((row) => [...values.subarray(row * width, (row + 1) * width)]),
    repeated.map((row) => [target[row]]),
  );
  const regressor = fit(values);
  for (const row of rows) {
    const [expected] = oracle.predict([...values.subarray(row * width, (row + 1) * width)]);
    assert.ok(Math.abs(regress(regressor, values, width, row) - expected) < 1e-10, `row ${row}`);
  }
});

test('of rank-deficient features the solution of least norm is taken', () => {
  // Column 1 repeats column 0 and column 3 is constant: the weight is shared, the constant has none.
  const deficient = values.slice();
  for (const row of rows) {
    deficient[row * width + 1] = deficient[row * width];
    deficient[row * width + 3] = 0.1;
  }
  const regressor = fit(deficient);
  assert.ok(Math.abs(regressor.weights[0] - regressor.weights[1]) < 1e-12);
  assert.ok(Math.abs(regressor.weights[3]) < 1e-12);
  const [single, sharing] = [fitWithoutCopies(values), regressor.weights[0] + regressor.weights[1]];
  assert.ok(Math.abs(single[0] - sharing) < 1e-10, 'together they weigh what one of them would');
  assert.ok(Math.abs(single[1] - regressor.weights[2]) < 1e-10);
});

test('the least-norm solution solves the normal equations and is orthogonal to the null space', () => {
  const a = new Matrix([
    [1, 2, 3],
    [2, 4, 6],
    [1, 0, 1],
    [0, 1, 1],
  ]);
  const b = Float64Array.of(1, 3, 0.5, 2);
  const x = Matrix.columnVector(solve(a, b));
  const residual = a.mmul(x).sub(Matrix.columnVector(b));
  assert.ok(a.transpose().mmul(residual).abs().max() < 1e-12);
  // (1, 1, −1) is what a maps to 0.
  assert.ok(Math.abs(x.get(0, 0) + x.get(1, 0) - x.get(2, 0)) < 1e-12);
});

test('ridge is least squares with a row more for each weight', () => {
  const a = Matrix.from1DArray(count, width, [...values]);
  const ridge = 2.5;
  const penalties = Matrix.eye(width, width, Math.sqrt(ridge));
  const stacked = new Matrix([...a.to2DArray(), ...penalties.to2DArray()]);
  const expected = solve(stacked, Float64Array.of(...target, ...new Float64Array(width)));
  const found = solve(a, target, ridge);
  for (let k = 0; k < width; k++) assert.ok(Math.abs(found[k] - expected[k]) < 1e-12);
});

test('the terms add up to the prediction', () => {
  const regressor = fit(values, 0.5);
  for (const row of rows) {
    const sum = termsOf(regressor, values, width, row).reduce((total, term) => total + term, 0);
    assert.ok(Math.abs(sum - regress(regressor, values, width, row)) < 1e-12);
  }
});

test.run();
