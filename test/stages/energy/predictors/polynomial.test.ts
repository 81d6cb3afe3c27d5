import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { featureSets } from '../../../../stages/energy/predictors/feature_sets.js';
import { expand, polynomial } from '../../../../stages/energy/predictors/polynomial.js';

test('monomials come in the order of scikit-learn', () => {
  assert.equal(polynomial(['a', 'b'], 3).terms, [
    ...['1', 'a', 'b', 'a^2', 'a b', 'b^2'],
    ...['a^3', 'a^2 b', 'a b^2', 'b^3'],
  ]);
});

test("the paper's feature sets have 680, 84 and 286 monomials", () => {
  const counts = featureSets.map(({ columns }) => polynomial(columns, 3).terms.length);
  assert.equal(counts, [680, 84, 286]);
});

test('each monomial is the product of the z-scores it names, as a 32-bit float', () => {
  const of = polynomial(['a', 'b', 'c'], 3);
  const scaler = { mean: Float64Array.of(1, 0, -1), scale: Float64Array.of(2, 1, 3) };
  const values = Float64Array.of(9, 9, 9, 2, 0.3, 5);
  const expanded = expand(values, Int32Array.of(1), scaler, of);
  const z: Record<string, number> = { a: (2 - 1) / 2, b: 0.3, c: (5 + 1) / 3 };
  of.terms.forEach((term, t) => {
    const factors = term === '1' ? [] : term.split(' ').map((factor) => factor.split('^'));
    const product = factors.reduce((sofar, [name, power = '1']) => sofar * z[name] ** Number(power), 1);
    assert.ok(Math.abs(expanded[of.terms.length + t] - product) <= 1e-7 * Math.abs(product), term);
    assert.is(expanded[t], 0, 'a row that was not asked for');
  });
});

test.run();
