import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../stages/energy/random.js';

const draws = 100_000;

/** Mean and standard deviation of many draws. */
function moments(draw: () => number): { mean: number; sd: number } {
  const values = Float64Array.from({ length: draws }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / draws;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws) };
}

/** Four standard errors of a mean of unit deviates. */
const bound = 4 / Math.sqrt(draws);

test('the same key draws the same, another key something else', () => {
  const first = (...key: (string | number)[]) =>
    Array.from(
      { length: 4 },
      (
        (r) => () =>
          r.uniform()
      )(new Random(...key)),
    );
  assert.equal(first(1, 'gpt2', 'noise'), first(1, 'gpt2', 'noise'));
  assert.not.equal(first(1, 'gpt2', 'noise'), first(2, 'gpt2', 'noise'));
  assert.not.equal(first(1, 'gpt2', 'noise'), first(1, 'gpt2', 'delay'));
  assert.not.equal(first('a', 'bc'), first('ab', 'c'), 'parts of a key do not run into each other');
});

test('uniform, normal and exponential deviates have their moments', () => {
  const random = new Random('moments');
  const uniform = moments(() => random.uniform());
  assert.ok(Math.abs(uniform.mean - 0.5) < bound);
  assert.ok(Math.abs(uniform.sd - Math.sqrt(1 / 12)) < bound);
  const normal = moments(() => random.gaussian());
  assert.ok(Math.abs(normal.mean) < bound);
  assert.ok(Math.abs(normal.sd - 1) < bound);
  const exponential = moments(() => random.exponential());
  assert.ok(Math.abs(exponential.mean - 1) < bound);
  assert.ok(Math.abs(exponential.sd - 1) < 3 * bound, 'the fourth moment of an exponential is 9');
});

test('a normal deviate is beyond two deviations as often as it should be', () => {
  const random = new Random('tails');
  let beyond = 0;
  for (let i = 0; i < draws; i++) if (Math.abs(random.gaussian()) > 2) beyond++;
  const expected = 0.0455;
  assert.ok(Math.abs(beyond / draws - expected) < 4 * Math.sqrt(expected / draws));
});

test.run();
