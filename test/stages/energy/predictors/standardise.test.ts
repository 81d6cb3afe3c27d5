import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitScaler, standardiseRow } from '../../../../stages/energy/predictors/standardise.js';

test('a row counts as often as it occurs', () => {
  const merged = fitScaler(Float64Array.of(1, 4, 9), 1, Int32Array.of(0, 1, 2), Int32Array.of(3, 1, 2));
  const repeated = fitScaler(
    Float64Array.of(1, 1, 1, 4, 9, 9),
    1,
    Int32Array.of(0, 1, 2, 3, 4, 5),
    Int32Array.of(1, 1, 1, 1, 1, 1),
  );
  assert.is(merged.mean[0], 25 / 6);
  assert.ok(Math.abs(merged.scale[0] - repeated.scale[0]) < 1e-14);
});

test('a constant that is no binary fraction has scale 1', () => {
  const rows = Int32Array.from({ length: 1000 }, (_, i) => i);
  const { mean, scale } = fitScaler(new Float64Array(1000).fill(0.1), 1, rows, new Int32Array(1000).fill(7));
  assert.is(scale[0], 1);
  const z = new Float64Array(1);
  standardiseRow(Float64Array.of(0.1), 1, 0, { mean, scale }, z);
  assert.ok(Math.abs(z[0]) < 1e-12);
});

test.run();
