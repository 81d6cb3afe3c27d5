import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classesOf, levels } from '../../../../stages/energy/predictors/forest.js';
import { learnedSum } from '../../../../stages/energy/predictors/up_the_tree.js';
import { unstructured } from '../../../../stages/energy/predictors/unstructured.js';
import { forestOf, problemOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames, smallRows } from '../../small_features.js';

const merged = await forestOf(smallFeatures(), smallModelNames);
const unmerged = await forestOf(smallFeatures(), smallModelNames, false);

test('layers that repeat are one class, counted', () => {
  const [workload] = merged.workloads;
  const counted = classesOf([workload]).reduce(
    (all, c) => ({ ...all, [`${merged.types[merged.type[c]]} ${levels[merged.level[c]]}`]: merged.nodes[c] }),
    {} as Record<string, number>,
  );
  // Three layers, each with three equal Linears and one of the output's; the embeddings once.
  assert.is(counted['Layer module'], 3);
  assert.is(counted['MatMul ml'], 6);
  assert.is(counted['Softmax ml'], 3);
  assert.is(counted['BertModel model'], 1);
  assert.is(merged.types[merged.type[workload.end - 1]], 'BertModel', 'the root is the last class');
  assert.is(workload.weighted, workload.end - 1);
  assert.is(
    merged.nodes.reduce((sum, n) => sum + n),
    merged.classOf.length,
  );
  assert.is(unmerged.type.length, merged.classOf.length);
});

test('children come before their parents', () => {
  for (let c = 0; c < merged.type.length; c++) {
    for (let e = merged.childStart[c]; e < merged.childStart[c + 1]; e++) assert.ok(merged.child[e] < c);
  }
});

test('models come in the given order, sizes in ascending order', () => {
  const order = merged.workloads.map(({ model, batchSize, length }) => `${model} ${batchSize} ${length}`);
  assert.equal(order.slice(0, 5), ['small 2 8', 'small 2 16', 'small 4 8', 'small 4 16', 'tiny 2 8']);
});

test('of the two MatMul of one attention the last is the key', async () => {
  const rows = smallRows({ models: ['small'], batches: [2], lengths: [8] });
  const [first, second] = rows.filter(({ type }) => type === 'MatMul');
  first.wall_j = 17;
  const forest = await forestOf(smallFeatures(rows), ['small']);
  const classOf = (row: (typeof rows)[number]) => forest.classOf[rows.indexOf(row)];
  assert.is(forest.keys[classOf(first)], 0);
  assert.is(forest.nodes[classOf(first)], 1);
  assert.is(forest.keys[classOf(second)], 3);
  assert.is(forest.nodes[classOf(second)], 5);
});

test('nodes without a tree are leaves of a workload without inner nodes', async () => {
  const rows = smallRows({ batches: [2] }).filter(
    ({ model, length, level }) => model !== 'talker' || length !== 16 || level === 'ml',
  );
  const forest = await forestOf(smallFeatures(rows), smallModelNames);
  const bare = forest.workloads.find(({ model, length }) => model === 'talker' && length === 16)!;
  assert.is(bare.inner, bare.end);
  const [fitted] = learnedSum('end2end').fit(problemOf(forest));
  assert.is(learnedSum('end2end').predict(fitted, forest, [bare]).draws[0].wallJ.length, bare.end - bare.first);
});

for (const [name, predictor] of [
  ['end2end', learnedSum('end2end')],
  ['stepwise', learnedSum('stepwise')],
  ['unstructured', unstructured],
] as const) {
  test(`merged nodes give the ${name} of unmerged ones`, () => {
    for (const variant of ['paper', 'clean'] as const) {
      const results = [merged, unmerged].map((forest) => {
        const [fitted] = predictor.fit(problemOf(forest, { variant }));
        const workloads = forest.workloads.filter(({ model }) => model === fitted.fold);
        const { classes, draws } = predictor.predict(fitted, forest, workloads);
        const byClass = new Map(Array.from(classes, (c, i) => [c, draws[0].wallJ[i]]));
        return Array.from(forest.classOf, (c) => byClass.get(c));
      });
      assert.ok(results[0].some((value) => value !== undefined));
      results[0].forEach((value, node) => {
        const other = results[1][node];
        assert.is(value === undefined, other === undefined);
        if (value !== undefined) assert.ok(Math.abs(value - other!) <= 1e-11 * Math.abs(value), `${value}, ${other}`);
      });
    }
  });
}

test.run();
