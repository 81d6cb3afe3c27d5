import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toRows } from '../../../pipeline/rows.js';
import { train, trainParams } from '../../../stages/train/stage.js';
import { fakeContext } from '../context.js';
import { smallFeatures, smallModelNames, smallRows } from '../small_features.js';

const featurize = smallModelNames.map((model) => ({ model }));

async function fit(partition: Record<string, string>, options: object = {}, rows = smallRows()) {
  const context = await fakeContext({
    params: trainParams.parse({ seeds: 2, epochs: 1, ...options }),
    tables: { features: smallFeatures(rows) },
    partition: { variant: 'clean', split: 'leave_model_out', ...partition },
    upstream: { featurize },
  });
  await train.run(context);
  context.close();
  return { rows: toRows(context.written.get('fitted')!), steps: context.steps };
}

test('every constant of every fold and seed is a row, with the term it belongs to', async () => {
  const { rows, steps } = await fit({ predictor: 'end2end', features: 'model_only' });
  assert.equal([...new Set(rows.map(({ fold }) => fold))].sort(), [...smallModelNames].sort());
  const own = rows.filter(({ fold, seed }) => fold === 'small' && seed === 2);
  assert.is(own.length, 84 + 1);
  assert.equal(
    own
      .filter(({ part }) => part === 'tree/weight')
      .slice(0, 3)
      .map(({ term }) => term),
    ['1', 'num_parameters', 'input_size'],
  );
  const shared = [...new Set(rows.filter(({ seed }) => seed === null).map(({ part }) => part))];
  for (const part of ['tree/mean', 'tree/scale', 'tree/tau', 'tree/low', 'Linear/weight', 'Linear/bias', 'any/bias']) {
    assert.ok(shared.includes(part), part);
  }
  assert.equal(steps, [
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
});

test('a list of the user’s own is what is fitted', async () => {
  const mine = { name: 'mine', columns: ['gpu_j', 'latency_s'] };
  const { rows } = await fit({ predictor: 'unstructured_ols', features: 'mine' }, { features: [mine] });
  const weights = rows.filter(({ fold, part }) => fold === 'tiny' && part === 'tree/weight');
  assert.equal(
    weights.map(({ term }) => term),
    ['gpu_j', 'latency_s'],
  );
  assert.ok(rows.every(({ seed }) => seed === null));
});

test('the same inputs give the same constants', async () => {
  const partition = { predictor: 'stepwise', features: 'resource_only', variant: 'paper' };
  assert.equal((await fit(partition)).rows, (await fit(partition)).rows);
});

test('both engines fit the same constants', async () => {
  const partition = { predictor: 'end2end', features: 'model_only' };
  const [kernel, tfjs] = [await fit(partition, { seeds: 1 }), await fit(partition, { seeds: 1, engine: 'tfjs' })];
  kernel.rows.forEach((row, i) => {
    const other = tfjs.rows[i];
    assert.equal([row.part, row.position], [other.part, other.position]);
    const allowed = row.seed === null ? 0 : 2e-5;
    assert.ok(Math.abs(Number(row.value) - Number(other.value)) <= allowed, `${row.part} ${row.term}`);
  });
});

test('of whole models alone only the law is trained, and the others say why not', async () => {
  const roots = smallRows().filter(({ level }) => level === 'model');
  assert.ok((await fit({ predictor: 'law', features: 'all' }, {}, roots)).rows.length > 0);
  for (const predictor of ['end2end', 'unstructured_ols']) {
    try {
      await fit({ predictor, features: 'all' }, {}, roots);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, `${predictor} needs measured nodes below whole models, and without small`);
    }
  }
});

test('an interrupted fit writes nothing', async () => {
  const context = await fakeContext({
    params: trainParams.parse({ seeds: 1, epochs: 1 }),
    tables: { features: smallFeatures() },
    partition: { predictor: 'end2end', features: 'all', variant: 'clean', split: 'leave_model_out' },
    upstream: { featurize },
    signal: AbortSignal.abort(),
  });
  try {
    await train.run(context);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).name, 'AbortError');
  }
  assert.is(context.written.size, 0);
  context.close();
});

test.run();
