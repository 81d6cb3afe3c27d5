import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allParts } from '../../../../stages/energy/benches/bench.js';
import { cellsOfBench, partOf, readBenchCells } from '../../../../stages/energy/benches/cells.js';
import { cellsOfRows } from '../../../../stages/energy/benches/published.js';
import { readPublished } from '../../../../stages/energy/benches/published_rows.js';
import { packageRoot } from '../../../../pipeline/paths.js';
import { needs } from '../../../needs.js';
import { thrown } from '../../../thrown.js';
import { paperBatchSizes, paperLengths, paperModels } from '../twin_rows.js';

const twin = join(packageRoot, 'data', 'benches', 'pc1-twin.yaml');

test('what is missing is missing for all models and parts unless the list says otherwise', () => {
  const cells = {
    batch_sizes: [8, 32],
    lengths: [32, 64],
    missing: [
      { batch_size: 32, lengths: [64] },
      { batch_size: 32, lengths: [32], models: ['a'], parts: ['module' as const, 'model' as const] },
    ],
  };
  const whole = (model: string, batch_size: number, length: number) => ({ model, batch_size, length, parts: allParts });
  assert.equal(cellsOfBench(cells, 'b', [32, 8, 64], [64, 32, 96]), [whole('b', 32, 32), whole('b', 8, 64), whole('b', 8, 32)]); // prettier-ignore
  const lacking = { model: 'a', batch_size: 32, length: 32, parts: ['ml_module', 'ml_function'] };
  assert.equal(cellsOfBench(cells, 'a', [32], [32, 64]), [lacking]);
});

test('primitives are modules or functions, the other parts are their levels', () => {
  assert.equal([partOf('ml', 'Linear'), partOf('ml', 'MatMul'), partOf('module', 'MLP'), partOf('model', 'GPT2Model')], ['ml_module', 'ml_function', 'module', 'model']); // prettier-ignore
});

test('the twin has 166 trees of the six models, and OpenAI GPT’s functions at (32, 128)', () => {
  const bench = readBenchCells(twin);
  const cells = paperModels.flatMap((model) => cellsOfBench(bench, model, paperBatchSizes, paperLengths));
  assert.is(cells.filter(({ parts }) => parts.length === 4).length, 166);
  const odd = { model: 'openai-gpt', batch_size: 32, length: 128, parts: ['ml_function'] };
  assert.equal(cells.filter(({ parts }) => parts.length < 4), [odd]); // prettier-ignore
});

test('a mistake in the list is reported where it stands', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'bench.yaml');
  writeFileSync(file, 'name: x\ncells:\n  batch_sizes: [8]\n  lengths: [0]\n  missing: [{ batch_size: 8, lengths: [32], parts: [modle] }]\n'); // prettier-ignore
  assert.equal((await thrown(() => readBenchCells(file))).message.split('\n'), [
    `${file}:4:13 cells.lengths.0: expected a positive number`,
    `${file}:5:53 cells.missing.0.parts.0: received "modle", did you mean "module"?`,
  ]);
});

const folder = needs('published');
if (folder) {
  test('the twin has the cells of the published PC1', async () => {
    const bench = readBenchCells(twin);
    for (const model of paperModels) {
      const rows = await readPublished(join(folder, 'device_1'), model);
      const published = cellsOfRows(rows, model, paperBatchSizes, paperLengths);
      assert.equal(cellsOfBench(bench, model, paperBatchSizes, paperLengths), published);
    }
  });
}

test.run();
