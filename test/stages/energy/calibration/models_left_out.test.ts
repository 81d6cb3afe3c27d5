/** GPU joules of models that nobody ran: how well they are told, that nothing of them leaks, and of what they are made. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { readTwin } from '../../../../stages/energy/benches/twin.js';
import { fitProduct, productOf, productPredictors } from '../../../../stages/energy/calibration/fit_product.js';
import { modelsLeftOut, type LeftOutError } from '../../../../stages/energy/calibration/models_left_out.js';
import type { Forest } from '../../../../stages/energy/predictors/forest.js';
import { partOf } from '../../../../stages/energy/predictors/parts.js';
import { needs } from '../../../needs.js';
import { computedForest, publishedNodes, twinNodes, type MeasuredNode } from '../../computed_forest.js';
import { paperBatchSizes, paperLengths, paperModels } from '../twin_rows.js';

const models = ['bert-base-uncased', 'distilbert-base-uncased', 'distilgpt2', 'openai-gpt'];
const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const nodes = twinNodes(twin, models, [8, 32], [32, 128, 256]);

/** As `loadForest` reads a bench without a meter. */
const gpuForest = (of: readonly MeasuredNode[]): Forest =>
  computedForest(of.map((node) => ({ ...node, wall_j: node.gpu_j })));

const forest = gpuForest(nodes);
const errorsOf = (all: readonly LeftOutError[], model: string) => all.filter((one) => one.model === model);

test('of GPU joules only what goes by specifications is fitted', () => {
  assert.equal(productOf(forest, 'wall_j'), productPredictors);
  assert.equal(productOf(forest, 'gpu_j'), ['planned', 'planned_clock']);
});

test('without a GPU what goes by one is left out', () => {
  const none = { gpu_j: NaN, gpu_pct: NaN, gpu_mem_pct: NaN, gpu_clk_mhz: NaN, gpu_mem_clk_mhz: NaN };
  assert.equal(productOf(computedForest(nodes.map((node) => ({ ...node, ...none }))), 'wall_j'), ['planned']);
});

// The twin's GPU joules have noise of a percent and a half; the models of a family share their shapes.
test('each model’s GPU joules are told by the others’, within intervals that hold', async () => {
  const { errors, coverage } = await modelsLeftOut(forest, ['planned']);
  assert.equal(errors.map(({ model, level }) => `${level} ${model}`), ['ml', 'module', 'model'].flatMap((level) => models.map((model) => `${level} ${model}`))); // prettier-ignore
  for (const { model, level, setting, n, mean_pct, max_pct } of errors) {
    assert.is(setting, 'planned');
    assert.is(n, nodes.filter((node) => node.model === model && node.node.level === level).length);
    assert.ok(mean_pct > 0 && mean_pct <= max_pct);
    if (level === 'model') assert.ok(mean_pct < 4, `${model}: ${mean_pct} %`);
  }
  assert.equal(coverage.map(({ level }) => level), ['ml', 'module', 'model']); // prettier-ignore
  for (const { level, n, nominal_pct, empirical_pct, half_width_pct } of coverage) {
    assert.is(n, nodes.filter(({ node }) => node.level === level).length);
    assert.is(nominal_pct, 90);
    assert.ok(empirical_pct > 75, `${level}: ${empirical_pct} %`);
    assert.ok(half_width_pct > 0 && half_width_pct < 15, `${level}: ± ${half_width_pct} %`);
  }
});

test('what is measured of a model reaches nothing that predicts it', async () => {
  const doubled = gpuForest(nodes.map((node) => (node.model === 'distilgpt2' ? { ...node, gpu_j: 2 * node.gpu_j } : node))); // prettier-ignore
  const [honest, false_] = await Promise.all([forest, doubled].map((of) => modelsLeftOut(of, ['planned'])));
  for (const [i, { level, max_pct, mean_pct }] of errorsOf(false_.errors, 'distilgpt2').entries()) {
    // |P / 2M − 1| of a prediction that is the same lies between (1 − |P / M − 1|) / 2 and (1 + |P / M − 1|) / 2.
    const { max_pct: honest_pct } = errorsOf(honest.errors, 'distilgpt2')[i];
    assert.ok(Math.abs(mean_pct - 50) <= honest_pct / 2 + 1e-9, `${level}: ${mean_pct} %`);
    assert.ok(Math.abs(max_pct - 50) <= honest_pct / 2 + 1e-9, `${level}: ${max_pct} %`);
  }
});

test('of one model nothing can be said', async () => {
  const alone = gpuForest(nodes.filter(({ model }) => model === 'gpt2' || model === 'distilgpt2'));
  assert.equal(await modelsLeftOut(alone, ['planned']), { errors: [], coverage: [] });
});

test('the static power that is fitted is the GPU’s, not the machine’s', async () => {
  const staticOf = async (of: Forest): Promise<number> => {
    for await (const { fitted } of fitProduct(of, ['planned'])) return partOf(fitted.shared, 'static_w').values[0];
    throw new Error('nothing was fitted');
  };
  const [gpu_w, wall_w] = [await staticOf(forest), await staticOf(computedForest(nodes))];
  // The law of the twin: wall = η · GPU + P₀ · t.
  const expected_w = (wall_w - twin.law.rest_w) / twin.law.eta;
  assert.ok(Math.abs(gpu_w - expected_w) < 5, `${gpu_w} W, expected about ${expected_w} W`);
});

const published = needs('published');

if (published) {
  test('on the authors’ measurements of PC1 GPU joules of a model that nobody ran are told within 1.2 %', async () => {
    const all = await publishedNodes(join(published, 'device_1'), paperModels, paperBatchSizes, paperLengths);
    const { errors, coverage } = await modelsLeftOut(gpuForest(all), ['planned']);
    const whole = errors.filter(({ level }) => level === 'model');
    assert.is(whole.length, 6);
    for (const { model, mean_pct } of whole) assert.ok(mean_pct < 1.2, `${model}: ${mean_pct} %`);
    for (const { level, empirical_pct } of coverage) assert.ok(Math.abs(empirical_pct - 90) < 2, `${level}: ${empirical_pct} %`); // prettier-ignore
  });
}

test.run();
