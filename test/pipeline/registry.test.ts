/** The program as it is shipped: its stages, its lists and their columns. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { program } from '../../pipeline/cli/program.js';
import * as registry from '../../pipeline/registry.js';
import { predictorNames } from '../../stages/energy/predictors/list.js';
import { freshFolder } from './folder.js';

/** What a command prints as a document. */
async function documentOf<Document>(...argv: string[]): Promise<Document> {
  let stdout = '';
  let stderr = '';
  const write = (add: (text: string) => void) => (chunk: string | Uint8Array) => (add(String(chunk)), true);
  const code = await program([...argv, '--json'], registry, {
    stdout: { isTTY: false, write: write((text) => (stdout += text)) },
    stderr: { isTTY: false, columns: 80, write: write((text) => (stderr += text)) },
  });
  assert.is(code, 0, stderr);
  return JSON.parse(stdout) as Document;
}

type Rows = Record<string, unknown>[];

test.before(() => void freshFolder());

test('seven stages in order, each with what it is about', async () => {
  const { stages } = await registry.openRegistry();
  const names = ['trace', 'profile', 'align', 'featurize', 'train', 'evaluate', 'report'];
  assert.equal(
    stages.map(({ stage }) => stage.name),
    names,
  );
  for (const { stage } of stages) assert.ok(stage.about.length > 10, stage.name);
});

test('every stage reads what a stage before it writes, or earlier partitions of its own', async () => {
  const { stages } = await registry.openRegistry();
  stages.forEach(({ stage }, i) => {
    const before = stages.slice(0, i + 1).flatMap((one) => one.stage.writes);
    for (const { table } of stage.reads) assert.ok(before.includes(table), `${stage.name} reads ${table.name}`);
  });
});

test('the tables that runs are compared by are there', async () => {
  const { stages } = await registry.openRegistry();
  const tables = stages.flatMap(({ stage }) => stage.writes);
  for (const { table, value } of registry.comparisons) {
    assert.ok(value in tables.find(({ name }) => name === table)!.columns);
  }
});

test('list counts models, benches, predictors, tables and runs', async () => {
  const counts = await documentOf<{ list: string; count: number }[]>('list');
  assert.equal(
    counts.map(({ list }) => list),
    ['models', 'benches', 'predictors', 'tables', 'runs'],
  );
  const [models, benches, predictors, tables, runs] = counts.map(({ count }) => count);
  assert.ok(models >= 30 && benches >= 3 && tables >= 30);
  assert.is(predictors, predictorNames.length);
  assert.is(runs, 0);
});

test('list models: family, sizes and parameters of each', async () => {
  const rows = await documentOf<Rows>('list', 'models');
  const bert = rows.find(({ model }) => model === 'bert-base-uncased')!;
  assert.is(bert.num_parameters, 109482240);
  assert.is((bert.dimensions as { layers: number }).layers, 12);
});

test('list benches and predictors', async () => {
  const benches = await documentOf<Rows>('list', 'benches');
  assert.equal(benches.map(({ bench, kind }) => [bench, kind]).slice(0, 3), [['pc1-twin', 'simulated'], ['pc1', 'measured'], ['pc2', 'measured']]); // prettier-ignore
  const predictors = await documentOf<Rows>('list', 'predictors');
  assert.equal(
    predictors.map(({ predictor }) => predictor),
    predictorNames,
  );
});

test('list tables: every column of every dataset with unit and meaning, and the report', async () => {
  const rows = await documentOf<Rows>('list', 'tables');
  const { stages } = await registry.openRegistry();
  for (const { stage } of stages) {
    for (const { name, columns } of stage.writes) {
      for (const [column, { unit, meaning }] of Object.entries(columns)) {
        const row = rows.find((one) => one.table === name && one.column === column)!;
        assert.equal([row.unit, row.meaning], [unit || null, meaning]);
      }
    }
  }
  const ids = new Set(rows.filter(({ stage }) => stage === 'report').map(({ table }) => table));
  for (let i = 1; i <= 12; i++) assert.ok(ids.has(`table${i}`));
});

test('what a shell completes for the real program', async () => {
  const { script } = await documentOf<{ script: string }>('completion', 'bash');
  assert.match(
    script,
    '"run --stage") _pipeline_words $\'trace\\nprofile\\nalign\\nfeaturize\\ntrain\\nevaluate\\nreport\'',
  );
  assert.match(script, '"list 0") _pipeline_words $\'models\\nbenches\\npredictors\\ntables\\nruns\'');
});

test.run();
