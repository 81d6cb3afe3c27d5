import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { nnls } from '../../../../../stages/energy/predictors/launch_queue/nnls.js';

const design = (rows: readonly number[][], target: readonly number[]) => ({
  width: rows[0].length,
  values: Float64Array.from(rows.flat()),
  target: Float64Array.from(target),
});

const close = (found: ArrayLike<number>, expected: readonly number[], within = 1e-9): void =>
  expected.forEach((value, k) => assert.ok(Math.abs(found[k] - value) <= within * Math.max(1, Math.abs(value)), `${found[k]}, not ${value}`)); // prettier-ignore

test('where no weight is negative it is least squares', () => {
  close(nnls(design([[1, 0], [1, 1], [1, 2]], [1, 3, 5])), [1, 2]); // prettier-ignore
});

test('a weight that would be negative is 0, and the others are fitted without it', () => {
  close(nnls(design([[1, 0], [1, 1], [1, 2]], [5, 3, 1])), [3, 0]); // prettier-ignore
  close(nnls(design([[1], [2]], [-1, -2])), [0]); // prettier-ignore
});

test('columns of very different size and a column of zeros are no trouble', () => {
  const [large, none, small] = nnls(design([[1e-9, 0, 0], [0, 0, 1e9]], [2, 3])); // prettier-ignore
  close([large * 1e-9, none, small * 1e9], [2, 0, 3]);
});

test('equal columns share what one would have', () => {
  const [a, b] = nnls(design([[1, 1], [2, 2]], [3, 6])); // prettier-ignore
  assert.ok(a >= 0 && b >= 0);
  close([a + b], [3], 1e-6);
});

test('the solution is optimal: no step that keeps weights above zero lowers the error', () => {
  const number = fc.double({ min: -1, max: 1, noNaN: true });
  const problem = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 5, max: 12 }))
    .chain(([width, rows]) =>
      fc.tuple(
        fc.array(fc.array(number, { minLength: width, maxLength: width }), { minLength: rows, maxLength: rows }),
        fc.array(number, { minLength: rows, maxLength: rows }),
      ),
    );
  fc.assert(
    fc.property(problem, ([rows, target]) => {
      const x = nnls(design(rows, target));
      const residual = target.map((value, i) => value - rows[i].reduce((sum, a, k) => sum + a * x[k], 0));
      for (let k = 0; k < x.length; k++) {
        const gradient = rows.reduce((sum, row, i) => sum + row[k] * residual[i], 0);
        assert.ok(x[k] >= 0);
        assert.ok(gradient <= 1e-6, `descends along ${k}: ${gradient}`);
        if (x[k] > 1e-6) assert.ok(Math.abs(gradient) <= 1e-6, `not settled along ${k}: ${gradient}`);
      }
    }),
    { numRuns: 500, seed: 5 },
  );
});

test.run();
