/** Trees of which some nodes are measured (`trace.measure`), in pairs of sizes: through the stages, by the program. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipeline, pipelineJson, workFolder } from './program.js';

const folder = workFolder();
writeFileSync(
  join(folder, 'some.yaml'),
  `run: some
bench: { source: [twin] }
trace:
  models: [google/bert_uncased_L-2_H-128_A-2, google/bert_uncased_L-4_H-128_A-2, distilgpt2]
  batch_sizes: [8, 16]
  lengths: [64, 96]
  paired: true
  measure: [Embedding, LayerNorm, Linear, Conv1D, MatMul, Softmax, Tanh, BertSelfAttention, Attention, BertModel, GPT2Model]
train: { predictors: [law, children, composition, planned], features: [all] }
`,
);
const query = <Row>(sql: string) => pipelineJson<Row[]>(folder, ['query', 'some.yaml', sql]);

test('what is left out has its counts and nothing that is measured, and is judged by nothing', async () => {
  await pipelineJson(folder, ['run', 'some.yaml', '--stage', 'evaluate']);
  const workloads = await query('SELECT DISTINCT batch_size, length FROM nodes ORDER BY batch_size');
  assert.equal(workloads, [{ batch_size: 8, length: 64 }, { batch_size: 16, length: 96 }]); // prettier-ignore
  const [counts] = await query<Record<string, number>>(`
    SELECT count(*) AS nodes, count(f.wall_j) AS known, count(*) FILTER (WHERE n.measured) AS wanted,
      count(*) FILTER (WHERE n.measured AND f.wall_j IS NULL OR NOT n.measured AND f.latency_s IS NOT NULL) AS wrong,
      count(f.flops_million) AS counted
    FROM nodes n JOIN features f USING (model, batch_size, length, node_id)`);
  assert.is(counts.wrong, 0);
  assert.is(counts.known, counts.wanted);
  assert.ok(counts.known < counts.nodes);
  assert.is(counts.counted, counts.nodes);
  const [{ unmeasured }] = await query<{ unmeasured: number }>(
    'SELECT count(*) AS unmeasured FROM predictions JOIN nodes n USING (model, batch_size, length, node_id) WHERE NOT n.measured',
  );
  assert.is(unmeasured, 0);
});

test('a setting is judged by nodes of which was measured what it says', async () => {
  const judged = await query<{ predictor: string; type: string }>(
    "SELECT DISTINCT predictor, type FROM predictions WHERE level <> 'ml' ORDER BY predictor, type",
  );
  const typesOf = (name: string) => judged.filter(({ predictor }) => predictor === name).map(({ type }) => type);
  const all = ['Attention', 'BertModel', 'BertSelfAttention', 'GPT2Model'];
  // The children of a whole model are modules that were left out; its primitives were measured.
  assert.equal(typesOf('children'), ['Attention', 'BertSelfAttention']);
  for (const name of ['law', 'composition', 'planned']) assert.equal(typesOf(name), all);
  const errors = await query<{ predictor: string; level: string; n: number; mean_pct: number }>(
    "SELECT predictor, level, n, mean_pct FROM errors WHERE model = 'all' AND quantity = 'energy' AND weighting = 'rows'",
  );
  assert.is(errors.length, 3 + 1 + 3 + 3, 'levels of each');
  assert.ok(errors.every(({ n, mean_pct }) => n > 0 && Number.isFinite(mean_pct)));
  assert.ok(errors.filter(({ predictor }) => predictor === 'law').every(({ mean_pct }) => mean_pct < 1));
});

test('it makes a bench that says how much it rests on', async () => {
  const { bench } = await pipelineJson<{ bench: { fitted_on: { nodes: number; measurements: number } } }>(folder, ['calibrate', 'some.yaml', '--output', 'some-bench.yaml']); // prettier-ignore
  const [{ measured }] = await query<{ measured: number }>(
    'SELECT count(DISTINCT measurement_id) AS measured FROM nodes WHERE measured',
  );
  assert.is(bench.fitted_on.measurements, measured);
  const { code } = await pipeline(folder, ['predict', 'gpt2', '--batch', '8', '--length', '64', '--on', 'some-bench.yaml']); // prettier-ignore
  assert.is(code, 0);
});

test('a predictor that learns from every node says so, and so does a node that no model has', async () => {
  const learning = await pipeline(folder, ['run', 'some.yaml', '--stage', 'train', '--set', 'train.predictors=[unstructured_ols]']); // prettier-ignore
  assert.is(learning.code, 2);
  assert.match(learning.stderr, /unstructured_ols learns from every node, and trace\.measure leaves \d+ of them out/);
  const unknown = await pipeline(folder, ['run', 'some.yaml', '--set', 'trace.measure=[Linear, Sofmax]']);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, /Sofmax.*Softmax/s);
  const unequal = await pipeline(folder, ['run', 'some.yaml', '--set', 'trace.lengths=[64]']);
  assert.is(unequal.code, 2);
  assert.match(unequal.stderr, /2 batch sizes and 1 lengths are no pairs/);
});

test.run();
