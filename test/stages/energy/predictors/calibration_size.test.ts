import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrationErrors, type MeteredNode } from '../../../../stages/energy/predictors/calibration_size.js';
import { Random } from '../../../../stages/energy/random.js';

/** Three models of forty nodes each on a machine of 1.1 J per J and 80 W; the wall meter scatters. */
function bench(noise: number): MeteredNode[] {
  const random = new Random('bench', noise);
  return ['a', 'b', 'c'].flatMap((model) =>
    Array.from({ length: 40 }, (_, i) => {
      const latencyS = 0.001 * 1.2 ** i;
      const gpuJ = latencyS * (60 + 120 * random.uniform());
      const wallJ = (1.1 * gpuJ + 80 * latencyS) * (1 + noise * random.gaussian());
      return { model, isRoot: i >= 36, wallJ, gpuJ, latencyS };
    }),
  );
}

const median = (values: readonly number[]): number => values[Math.floor(values.length / 2)];

test('a law without scatter is found from three nodes', () => {
  const { errorsPct, refused } = calibrationErrors(bench(0), 3, 20)!;
  assert.is(errorsPct.length + refused, 20);
  assert.ok(median(errorsPct) < 1e-6);
});

test('with scatter more nodes err less, and draws do not depend on how many there are', () => {
  const nodes = bench(0.02);
  const [few, many] = [3, 40].map((count) => median(calibrationErrors(nodes, count, 60)!.errorsPct));
  assert.ok(many < few);
  const [one] = calibrationErrors(nodes, 10, 1)!.errorsPct;
  assert.ok(calibrationErrors(nodes, 10, 5)!.errorsPct.includes(one));
});

test('a held-out model’s own meter readings change only what it is tried on', () => {
  const nodes = bench(0);
  const scrambled = nodes.map((node) => (node.model === 'a' && !node.isRoot ? { ...node, wallJ: 7 } : node));
  const only = (of: readonly MeteredNode[]): MeteredNode[] =>
    of.map((node) => (node.model === 'a' ? node : { ...node, isRoot: false }));
  assert.equal(calibrationErrors(only(nodes), 10, 5), calibrationErrors(only(scrambled), 10, 5));
});

test('nodes of one power tell nothing, and too few nodes are none', () => {
  const same = bench(0).map((node) => ({ ...node, gpuJ: node.latencyS * 100 }));
  assert.is(calibrationErrors(same, 5, 10)!.refused, 10);
  assert.is(calibrationErrors(bench(0), 81, 10), null);
  assert.is(calibrationErrors([], 3, 10), null);
});

test.run();
