import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toRows } from '../../../pipeline/rows.js';
import { evaluate, evaluateParams } from '../../../stages/evaluate/stage.js';
import { smallFeatures, smallModelNames, smallRows } from '../small_features.js';
import { fitAndEvaluate } from './fit_and_evaluate.js';
import { anySource } from '../context.js';

type Row = Record<string, string | number | boolean | null>;

const features = smallFeatures();
const nodes = smallRows();

const run = async (predictor: string, options: object = {}, evaluateOptions: object = {}) => {
  const context = await fitAndEvaluate(features, smallModelNames, {
    train: { predictors: [predictor], features: ['all'], seeds: 3, epochs: 1, variants: ['clean'], ...options },
    evaluate: { seed_predictions: true, ...evaluateOptions },
  });
  const [predictions, errors, seeds] = ['predictions', 'errors', 'seed_predictions'].map((name) =>
    toRows(context.written.get(name)!),
  );
  context.close();
  return { predictions, errors, seeds };
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const keyOf = ({ model, batch_size, length, node_id }: Row): string => [model, batch_size, length, node_id].join('/');
const near = (found: unknown, expected: number, what: string) =>
  assert.ok(
    Math.abs(Number(found) - expected) <= 1e-11 * Math.max(1, Math.abs(expected)),
    `${what}: ${found}, ${expected}`,
  );

/** The quantile of DuckDB's quantile_cont: linear between the order statistics. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)] - low);
}

/** One line of `errors` from the seeds' predictions, with nothing but means. */
function direct(seeds: readonly Row[], level: string, subject: string, weighting: string) {
  const wanted = nodes.filter(
    (node) => node.level === level && (subject === 'all' || node.model === subject || `type:${node.type}` === subject),
  );
  const byKey = new Map(wanted.map((node) => [keyOf(node), node]));
  const drawn = [...new Set(seeds.map(({ seed }) => seed))].map((seed) => {
    const own = seeds.filter((row) => row.seed === seed && byKey.has(keyOf(row)));
    return own.map((row) => {
      const wall = Number(byKey.get(keyOf(row))!.wall_j);
      return { key: keyOf(row), model: row.model, error: (100 * Math.abs(Number(row.predicted_j) - wall)) / wall };
    });
  });
  const means = (level === 'ml' ? drawn.slice(0, 1) : drawn).map((errors) => {
    if (weighting === 'rows') return mean(errors.map(({ error }) => error));
    const models = [...new Set(errors.map(({ model }) => model))];
    return mean(models.map((model) => mean(errors.filter((e) => e.model === model).map(({ error }) => error))));
  });
  const averaged = drawn[0].map((_, i) => mean(drawn.map((errors) => errors[i].error)));
  return { n: wanted.length, means, averaged };
}

for (const predictor of ['end2end', 'predicted_sum', 'unstructured']) {
  const { predictions, errors, seeds } = await run(predictor);

  test(`${predictor}: the errors are those of a direct computation from the seeds' predictions`, () => {
    assert.ok(errors.length > 0);
    for (const row of errors) {
      const what = `${row.level} ${row.model} ${row.weighting}`;
      const { n, means, averaged } = direct(seeds, String(row.level), String(row.model), String(row.weighting));
      assert.is(row.n, n, what);
      assert.is(row.seeds, means.length, what);
      near(row.mean_pct, mean(means), what);
      near(row.seed_min_pct, Math.min(...means), what);
      near(row.seed_max_pct, Math.max(...means), what);
      if (means.length === 1) assert.is(row.seed_sd_pct, null);
      else near(row.seed_sd_pct, Math.sqrt((mean(means.map((m) => (m - mean(means)) ** 2)) * 3) / 2), what);
      near(row.p50_pct, quantile(averaged, 0.5), what);
      near(row.p95_pct, quantile(averaged, 0.95), what);
      near(row.max_pct, Math.max(...averaged), what);
    }
  });

  test(`${predictor}: every level, model and type that it predicts has errors, by rows and by models`, () => {
    const subjects = (level: string) =>
      [...new Set(errors.filter((row) => row.level === level).map(({ model }) => model))].sort();
    const models = [...smallModelNames, 'all'].sort();
    assert.equal(subjects('model'), models);
    assert.equal(subjects('module'), models);
    const types = [...new Set(nodes.filter(({ level }) => level === 'ml').map(({ type }) => `type:${type}`))];
    assert.equal(subjects('ml'), predictor === 'unstructured' ? [] : [...models, ...types].sort());
    assert.is(errors.filter(({ weighting }) => weighting === 'rows').length * 2, errors.length);
  });

  test(`${predictor}: predictions are the seeds' means beside what was measured`, () => {
    const predicted = nodes.filter(({ level }) => predictor !== 'unstructured' || level !== 'ml');
    assert.is(predictions.length, predicted.length);
    const byKey = new Map(nodes.map((node) => [keyOf(node), node]));
    for (const row of predictions) {
      const own = seeds.filter((seed) => keyOf(seed) === keyOf(row));
      assert.is(own.length, predictor === 'predicted_sum' ? 1 : 3);
      const node = byKey.get(keyOf(row))!;
      near(row.predicted_j, mean(own.map(({ predicted_j }) => Number(predicted_j))), keyOf(row));
      assert.is(row.wall_j, node.wall_j);
      assert.is(row.fold, row.model, 'it was held out');
      assert.equal([row.level, row.type, row.predicted_latency_s], [node.level, node.type, null]);
      assert.ok(Number(row.low_j) >= 0 && Number(row.low_j) <= Math.max(0, Number(row.predicted_j)), keyOf(row));
      assert.ok(Number(row.predicted_j) < Number(row.high_j), keyOf(row));
      const weighed = predictor !== 'unstructured' && node.parent_id !== null;
      if (weighed) near(row.alpha, mean(own.map(({ alpha }) => Number(alpha))), keyOf(row));
      else assert.is(row.alpha, null);
    }
  });

  test(`${predictor}: a node's prediction is the weighted sum of its children's, seed by seed`, () => {
    if (predictor === 'unstructured')
      return assert.is(
        seeds.every(({ alpha }) => alpha === null),
        true,
      );
    for (const row of seeds) {
      const below = nodes.filter((node) => keyOf({ ...node, node_id: node.parent_id }) === keyOf(row));
      if (below.length === 0) continue;
      const children = below.map((node) => seeds.find((s) => s.seed === row.seed && keyOf(s) === keyOf(node))!);
      near(
        row.predicted_j,
        children.reduce((sum, child) => sum + Number(child.alpha) * Number(child.predicted_j), 0),
        keyOf(row),
      );
    }
  });
}

test('settings follow the level and what the features hold', async () => {
  const { errors } = await run('predicted_sum', { features: ['all', 'model_only'] });
  const setting = (features: string, level: string) => [
    ...new Set(errors.filter((row) => row.features === features && row.level === level).map((row) => row.setting)),
  ];
  assert.equal(setting('all', 'ml'), ['profiled']);
  assert.equal(setting('all', 'module'), ['children']);
  assert.equal(setting('model_only', 'ml'), ['planned']);
  assert.equal(setting('model_only', 'model'), ['planned']);
});

test('several variants and splits are kept apart; without being asked for, seeds write no rows', async () => {
  const { predictions, seeds } = await run(
    'end2end',
    { variants: ['paper', 'clean'], seeds: 2 },
    { splits: ['leave_model_out', 'leave_length_out'], seed_predictions: false },
  );
  // Both variants on the first split, clean on the second.
  assert.is(predictions.length, 3 * nodes.length);
  assert.equal([...new Set(predictions.map(({ variant, split }) => `${variant} ${split}`))].sort(), [
    'clean leave_length_out',
    'clean leave_model_out',
    'paper leave_model_out',
  ]);
  assert.is(seeds.length, 0);
  for (const row of predictions.filter(({ split }) => split === 'leave_length_out')) {
    assert.is(row.fold, `s${row.length}`);
  }
});

test('a primitive that no training model has is flagged', async () => {
  const { predictions } = await run('predicted_sum', {}, { splits: ['leave_family_out'] });
  const flags = (type: string) =>
    new Set(predictions.filter((row) => row.type === type).map((row) => row.extrapolated));
  assert.equal([...flags('Conv1D')], [true]);
  assert.equal([...flags('GPT2Model')], [true]);
  const reasons = new Set(predictions.filter(({ fold }) => fold === 'gpts').map((row) => row.extrapolated_by));
  assert.ok(reasons.has('fitted on no Conv1D'), [...reasons].join());
  assert.ok(predictions.every((row) => row.extrapolated === (row.extrapolated_by !== null)));
});

test('the paper’s variant has no intervals, nor have random predictors on less than all features', async () => {
  const bounded = async (predictor: string, options: object) =>
    (await run(predictor, { epochs: 1, seeds: 1, ...options })).predictions.some(({ low_j }) => low_j !== null);
  assert.not(await bounded('predicted_sum', { variants: ['paper'] }));
  assert.not(await bounded('end2end', { features: ['model_only'] }));
  assert.ok(await bounded('predicted_sum', { features: ['model_only'] }));
});

test('a partition for each predictor that was trained; splits are known by name', () => {
  const train = [{ predictor: 'end2end' }, { predictor: 'end2end' }, { predictor: 'stepwise' }];
  assert.equal(evaluate.partitions(evaluateParams.parse({}), { train }, {}, anySource), [
    { predictor: 'end2end' },
    { predictor: 'stepwise' },
  ]);
  assert.equal(evaluateParams.parse({}), { splits: ['leave_model_out'], seed_predictions: false });
  assert.not(evaluateParams.safeParse({ splits: ['leave_one_out'] }).success);
});

test.run();
