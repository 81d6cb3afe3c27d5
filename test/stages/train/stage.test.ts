import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predictorNames } from '../../../stages/energy/predictors/list.js';
import { train, trainParams } from '../../../stages/train/stage.js';
import { anySource } from '../context.js';

const problems = (params: unknown): string[] =>
  (trainParams.safeParse(params).error?.issues ?? []).map(
    ({ path, message, ...issue }) =>
      `${path.join('.')}: ${issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : message}`,
  );

const upstream = { featurize: [{ model: 'gpt2' }] };
const grid = { models: ['gpt2', 'bert'], batch_sizes: [8, 32], lengths: [32, 64] };
const partitions = (params: unknown, splits = ['leave_model_out'], trace = grid, source = anySource) =>
  train.partitions(trainParams.parse(params), upstream, { evaluate: { splits }, trace }, source);

test("the defaults are the paper's", () => {
  assert.equal(trainParams.parse({}), {
    predictors: ['end2end', 'stepwise', 'predicted_sum', 'unstructured', 'unstructured_ols'],
    features: ['all', 'model_only', 'resource_only'],
    seeds: 20,
    epochs: 8,
    learning_rate: 0.001,
    tau: 10,
    variants: ['paper', 'clean'],
    engine: 'kernel',
  });
});

test('wrong names come with the valid ones, wrong values with what was expected', () => {
  assert.equal(problems({ predictors: ['end2end', 'stepwize'] }), [
    `predictors.1: one of ${predictorNames.join(', ')}`,
  ]);
  assert.equal(problems({ features: ['al'] }), ['features.0: one of all, model_only, resource_only']);
  assert.equal(problems({ features: ['all', 'all'] }), ['features: a feature set occurs twice']);
  assert.equal(problems({ predictors: [] }), ['predictors: expected at least one predictor']);
  assert.is(problems({ seeds: 0 }).length, 1);
  assert.is(problems({ tau: 0.5, epochs: 1.5, engine: 'torch', variants: ['papers'], seed: 3 }).length, 5);
});

test("a list of the user's own has a free name and known columns, each once", () => {
  const own = { name: 'mine', columns: ['flops_million', 'gpu_j'] };
  assert.equal(trainParams.parse({ features: ['all', own] }).features, ['all', own]);
  const wrong = (list: object) => trainParams.safeParse({ features: [{ ...own, ...list }] }).success;
  assert.not(wrong({ name: 'all' }));
  assert.not(wrong({ name: 'My list' }));
  assert.not(wrong({ columns: [] }));
  assert.not(wrong({ columns: ['flops'] }));
  assert.not(wrong({ columns: ['gpu_j', 'gpu_j'] }));
  assert.not(wrong({ color: 'blue' }));
});

test("a predictor of the user's own has a name of its own and a module that is one", () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-predictor-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const entry = "about: 'mine', setting: 'profiled', variants: ['clean'], random: false, ownFeatures: true, ";
  const module = file('mine.mjs', `export default { ${entry} fit() {}, predict() {}, explain() {} };`);
  const params = trainParams.parse({ predictors: ['law', { module, name: 'mine' }] });
  assert.equal([params.predictors, params.own], [['law', 'mine'], { mine: module }]);
  const own = partitions({ predictors: ['law', { module, name: 'mine' }] }).map(({ predictor }) => predictor);
  assert.equal(own, ['law', 'mine']);
  const refused = (predictor: object): string[] => problems({ predictors: [predictor] });
  assert.equal(refused({ module, name: 'law' }), ['predictors.0.name: this is the name of a predictor of the list, choose another']); // prettier-ignore
  assert.match(refused({ module, name: 'My law' })[0], 'small letters');
  const half = file('half.mjs', `export default { ${entry} fit() {} };`);
  assert.equal(refused({ module: half, name: 'mine' }), [
    `predictors.0.module: ${half}: its default export is no predictor: predict: expected a function predict(fitted, forest, workloads); explain: expected a function explain(fitted, forest, node)`,
  ]);
  assert.equal(refused({ module: join(folder, 'no.js'), name: 'mine' }), [
    `predictors.0.module: ${join(folder, 'no.js')} is not there`,
  ]);
});

test('feature sets and variants are compared on the first split, the heavy ones first', () => {
  const all = partitions({}, ['leave_model_out', 'large_out']);
  assert.is(all.length, 5 * (3 * 2 + 1));
  assert.equal(all[0], { predictor: 'end2end', features: 'all', variant: 'paper', split: 'leave_model_out' });
  const heavy = all.slice(0, 9);
  assert.ok(heavy.every(({ features }) => features === 'all'));
  assert.equal([...new Set(heavy.map(({ predictor }) => predictor))], ['end2end', 'stepwise', 'unstructured']);
  const second = all.filter(({ split }) => split === 'large_out');
  assert.ok(second.every(({ features, variant }) => features === 'all' && variant === 'clean'));
  const leaky = partitions({ variants: ['paper'] }, ['leave_model_out', 'large_out']);
  assert.is(leaky.filter(({ split }) => split === 'large_out').length, 5, 'where it is all that is asked for');
});

const leftOut = (splits: readonly string[], trace: typeof grid, source = anySource, params: unknown = {}) =>
  train.leftOut!(trainParams.parse(params), { evaluate: { splits }, trace }, source);

test('a split that the models and sizes cannot give is left out, and told with those that they give', () => {
  const one = { ...grid, models: ['gpt2'] };
  const splits = ['leave_model_out', 'leave_batch_out'];
  assert.equal([...new Set(partitions({}, splits, one).map(({ split }) => split))], ['leave_batch_out']);
  assert.is(partitions({}, splits, one).length, 5 * 3 * 2, 'it is the first, by which feature sets are compared');
  assert.equal(leftOut(splits, one), [
    'evaluate.splits: leave_model_out leaves nothing to train in its fold gpt2: it is left out ' +
      '(these models and sizes give leave_batch_out, leave_length_out, large_out)',
  ]);
  assert.match(
    leftOut(['large_out'], { ...grid, batch_sizes: [8] })[0],
    /large_out leaves nothing to test .* so nothing/,
  );
  assert.equal(leftOut(['leave_model_out', 'large_out'], grid), []);
});

test('one model at one size gives no split: nothing is trained, which is told', () => {
  const one = { models: ['gpt2'], batch_sizes: [8], lengths: [32] };
  assert.equal(partitions({}, ['leave_model_out', 'leave_family_out', 'large_out'], one), []);
  const told = leftOut(['leave_model_out', 'leave_family_out', 'large_out'], one);
  assert.is(told.length, 3);
  assert.match(told[0], 'so nothing is trained or evaluated (one model at one size can be measured');
});

const live = (meter: object | null, gpu: string | null) => ({ ...anySource, kind: 'live', about: { live: { meter, gpu } } }); // prettier-ignore

test('without a meter nothing is trained, and what can be done instead is told', () => {
  const source = live(null, 'GPU-0');
  assert.equal(partitions({}, ['leave_model_out'], grid, source), []);
  const [told, ...more] = leftOut(['leave_model_out'], grid, source);
  assert.match(
    told,
    /no meter: .* nothing is trained, evaluated or reported \(pipeline calibrate CONFIG fits the GPU’s, for predict --on; query has them/,
  );
  assert.equal(more, []);
});

test('without a GPU what goes by one is left out, and the rest fitted', () => {
  const source = live({ type: 'emonpi' }, null);
  const params = { predictors: ['end2end', 'law', 'planned', 'planned_clock'], variants: ['clean'] };
  assert.equal(
    partitions(params, ['leave_model_out'], grid, source).map(({ predictor, features }) => [predictor, features]),
    [
      ['end2end', 'model_only'],
      ['planned', 'all'],
    ],
  );
  const [told] = leftOut(['leave_model_out'], grid, source, params);
  assert.match(
    told,
    /left out is what goes by one: end2end with all, resource_only; law; planned_clock \(there are planned, /,
  );
  assert.equal(leftOut(['leave_model_out'], grid, live({ type: 'emonpi' }, 'GPU-0')), []);
});

test('a partition depends on its own feature list, and on seeds only where there are any', () => {
  const params = trainParams.parse({ features: ['all', { name: 'mine', columns: ['gpu_j'] }] });
  const relevant = (predictor: string, features: string, of = params) =>
    train.relevant!(of, { predictor, features, variant: 'clean', split: 'leave_model_out' });
  assert.equal(relevant('predicted_sum', 'mine'), { set: { name: 'mine', columns: ['gpu_j'] } });
  assert.equal(
    relevant('end2end', 'all'),
    relevant('end2end', 'all', trainParams.parse({ predictors: ['end2end'], features: ['all'] })),
  );
  assert.not.equal(relevant('end2end', 'all'), relevant('end2end', 'all', { ...params, seeds: 3 }));
  assert.equal(relevant('predicted_sum', 'all'), relevant('predicted_sum', 'all', { ...params, seeds: 3 }));
});

test.run();
