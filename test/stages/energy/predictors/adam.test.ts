import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Adam } from '../../../../stages/energy/predictors/adam.js';

const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-15, `${found}, ${expected}`);

test('two steps are those computed by hand', () => {
  const weights = Float64Array.of(1, -2);
  const adam = new Adam(weights, 0.1);
  // After one step the bias-corrected moments are the gradient and its square: a step of the learning rate.
  adam.step(Float64Array.of(0.5, -4));
  near(weights[0], 1 - (0.1 * 0.5) / (0.5 + 1e-8));
  near(weights[1], -2 + (0.1 * 4) / (4 + 1e-8));
  const before = weights[0];
  adam.step(Float64Array.of(-0.25, 0));
  const m = (0.9 * 0.1 * 0.5 + 0.1 * -0.25) / (1 - 0.9 ** 2);
  const v = (0.999 * 0.001 * 0.25 + 0.001 * 0.0625) / (1 - 0.999 ** 2);
  near(weights[0], before - (0.1 * m) / (Math.sqrt(v) + 1e-8));
});

test('a weight without gradient stays', () => {
  const weights = Float64Array.of(3);
  const adam = new Adam(weights, 0.1);
  adam.step(Float64Array.of(0));
  assert.is(weights[0], 3);
});

test.run();
