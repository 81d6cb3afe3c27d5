import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accumulate, multiply, wide } from '../../../../stages/energy/predictors/dense.js';
import { Random } from '../../../../stages/energy/random.js';

const terms = 13;
const random = new Random('dense');
const draw = (length: number) => Float64Array.from({ length }, () => random.gaussian());
const x = Float32Array.from(draw(12 * terms));

for (const count of [1, 2, 3, 4, 5, 8, 9]) {
  const rows = { x, terms, first: 2, count };
  const weights = draw((terms + 1) * wide);
  const dz = draw(count * wide);
  const lane = (of: Float64Array, l: number) => of.filter((_, i) => i % wide === l);

  test(`${count} rows times weights are the plain sums, one seed or ${wide}`, () => {
    const z = new Float64Array(count * wide);
    multiply(rows, weights, wide, z);
    for (let l = 0; l < wide; l++) {
      const own = lane(weights, l);
      const alone = new Float64Array(count);
      multiply(rows, own, 1, alone);
      assert.equal(lane(z, l), alone, 'a seed does not depend on its neighbours');
      for (let row = 0; row < count; row++) {
        let sum = own[terms];
        for (let t = 0; t < terms; t++) sum += x[(2 + row) * terms + t] * own[t];
        assert.ok(Math.abs(alone[row] - sum) < 1e-13);
      }
    }
  });

  test(`the gradient over ${count} rows is the plain sum, one seed or ${wide}`, () => {
    const gradient = new Float64Array((terms + 1) * wide).fill(99);
    accumulate(rows, dz, wide, gradient);
    for (let l = 0; l < wide; l++) {
      const own = lane(dz, l);
      const alone = new Float64Array(terms + 1).fill(99);
      accumulate(rows, own, 1, alone);
      assert.equal(lane(gradient, l), alone, 'a seed does not depend on its neighbours');
      for (let t = 0; t <= terms; t++) {
        let sum = 0;
        for (let row = 0; row < count; row++) sum += own[row] * (t < terms ? x[(2 + row) * terms + t] : 1);
        assert.ok(Math.abs(alone[t] - sum) < 1e-13);
      }
    }
  });
}

test.run();
