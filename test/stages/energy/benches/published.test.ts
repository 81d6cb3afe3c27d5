import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allParts } from '../../../../stages/energy/benches/bench.js';
import {
  cellsOfRows,
  disagree,
  publishedMeans,
  rowsByMeasurement,
} from '../../../../stages/energy/benches/published.js';
import { readPublished } from '../../../../stages/energy/benches/published_rows.js';
import { needs } from '../../../needs.js';
import { thrown } from '../../../thrown.js';
import { paperBatchSizes, paperLengths, paperModels } from '../twin_rows.js';
import { editLine, publishedFolder, smallModel } from './published_folder.js';

const ml1 = 'ml1_level_features.csv';
const setCell = (column: number, text: string) => (line: string) => line.split(',').with(column, text).join(',');

test('one row a node, copies share one measurement, other models are left alone', async () => {
  const folder = publishedFolder();
  const rows = await readPublished(folder, smallModel);
  assert.is(rows.length, 1 + 15 + 22 + 6); // root, modules, primitives that are modules, functions
  assert.equal(cellsOfRows(rows, smallModel, [8, 16], [32]), [{ model: smallModel, batch_size: 8, length: 32, parts: allParts }]); // prettier-ignore
  const means = await publishedMeans(folder, smallModel);
  const root = [...means.values()].find(({ level }) => level === 'model')!;
  assert.match(root.measurement_id, /^google\/bert_uncased_L-2_H-128_A-2\/b8\/s32\/BertModel\/\d+\/\d+$/);
  assert.is(root.gpu_j, root.wall_j / 2);
  assert.equal([root.cpu_pct, root.mem_pct, root.gpu_pct, root.gpu_mem_pct, root.gpu_clk_mhz, root.gpu_mem_clk_mhz], [8.5, 10, 90, 17.5, 1911, 3802]); // prettier-ignore
  const products = rows.filter(({ type }) => type === 'MatMul');
  assert.is(products.length, 4);
  assert.is([...means.keys()].filter((id) => id.includes('/MatMul/')).length, 1);
});

test('rows of one measurement that differ are averaged', async () => {
  const folder = publishedFolder();
  editLine(join(folder, 'ml2_level_features.csv'), 2, setCell(12, '5'));
  const rows = await readPublished(folder, smallModel);
  const [[id, group], ...others] = [...rowsByMeasurement(rows, smallModel, 'BertModel')].filter(([, g]) => disagree(g));
  assert.equal([group.length, others.length], [4, 0]);
  const mean = (await publishedMeans(folder, smallModel)).get(id)!;
  assert.ok(Math.abs(mean.wall_j - (5 + 3 * group[1].wall_j) / 4) < 1e-15);
  assert.is(mean.latency_s, group[0].latency_s);
});

test('columns may stand in any order, with others between them, in lines of any ending', async () => {
  const folder = publishedFolder();
  const path = join(folder, ml1);
  const before = await readPublished(folder, smallModel);
  const turned = readFileSync(path, 'utf8').trim().split('\n').map((line, i) => [i === 0 ? 'note' : 'x', ...line.split(',').reverse()].join(',')); // prettier-ignore
  writeFileSync(path, `\uFEFF${turned.join('\r\n')}\r\n`);
  assert.equal(await readPublished(folder, smallModel), before);
});

test('a type that is no primitive is left out at ML level', async () => {
  const folder = publishedFolder();
  const before = await readPublished(folder, smallModel);
  const path = join(folder, ml1);
  const extra = readFileSync(path, 'utf8')
    .split('\n')[1]
    .replace(/,[^,]*:Embedding,/, ',act:ReLU,');
  writeFileSync(path, `${readFileSync(path, 'utf8')}${extra}\n`);
  assert.equal(await readPublished(folder, smallModel), before);
});

const cells: readonly (readonly [what: string, column: number, text: string, message: string])[] = [
  ['a word', 6, 'high', 'column gpu: found "high", expected a number of 0 or more'],
  ['nothing', 4, '', 'column cpu: found nothing, expected a number of 0 or more'],
  ['what pandas writes for nothing', 5, 'nan', 'column mem: found "nan", expected a number of 0 or more'],
  ['an infinite number', 2, '1e999', 'column flops: found "1e999", expected a number of 0 or more'],
  ['another base', 3, '0x10', 'column mem_bytes: found "0x10", expected a number of 0 or more'],
  ['a negative utilisation', 7, '-1.0', 'column gpu_mem: found "-1.0", expected a number of 0 or more'],
  ['a time of 0', 10, '0.0', 'column times_mean: found "0.0", expected a number above 0'],
  ['an energy of 0', 12, '0', 'column energy_mean: found "0", expected a number above 0'],
  ['a broken batch size', 0, '8.5', 'column batch_size: found "8.5", expected a positive whole number'],
  ['a length of 0', 1, '0', 'column seq_len: found "0", expected a positive whole number'],
  ['a name without a class', 13, 'pooler', 'column level_name: found "pooler", expected a path of modules and a class, like h.0.mlp:MLP'], // prettier-ignore
  ['a quoted name', 13, '"pooler:Linear"', 'column level_name: found "\\"pooler:Linear\\"", expected a path of modules and a class, like h.0.mlp:MLP'], // prettier-ignore
];

for (const [what, column, text, message] of cells) {
  test(`a cell with ${what} is refused with its line and column`, async () => {
    const folder = publishedFolder();
    editLine(join(folder, ml1), 4, setCell(column, text));
    const error = await thrown(() => readPublished(folder, smallModel));
    assert.equal([error.name, error.message], ['UnavailableError', `${join(folder, ml1)}:4: ${message}`]);
  });
}

test('a line cut short, a missing, a repeated column and an empty file are refused', async () => {
  const path = (folder: string): string => join(folder, ml1);
  const message = async (edit: (folder: string) => void): Promise<string> => {
    const folder = publishedFolder();
    edit(folder);
    return (await thrown(() => readPublished(folder, smallModel))).message.replace(`${folder}/`, '');
  };
  assert.is(
    await message((folder) => editLine(path(folder), 6, (line) => line.split(',').slice(0, 3).join(','))),
    `${ml1}:6: found 3 cells, expected 15 as in the header`,
  );
  assert.match(
    await message((folder) => editLine(path(folder), 1, (line) => line.replace('gpu_clk,', 'gpu_clock,'))),
    /^ml1_level_features\.csv:1: column gpu_clk is missing, found batch_size,.* gpu_clock,/,
  );
  assert.is(
    await message((folder) => editLine(path(folder), 1, (line) => line.replace('gpu_mem,', 'gpu,'))),
    `${ml1}:1: column gpu stands there twice`,
  );
  assert.match(
    await message((folder) => writeFileSync(path(folder), '')),
    /:1: column batch_size, .* is missing, found $/,
  );
});

test('a missing file names itself and how to get it', async () => {
  const folder = publishedFolder();
  rmSync(join(folder, 'module_level_features.csv'));
  const error = await thrown(() => readPublished(folder, smallModel));
  assert.is(error.message, `${join(folder, 'module_level_features.csv')}: there is no such file`);
  assert.match(error.hint!, /--download/);
});

const folder = needs('published');
if (folder) {
  test('2442 measurements stand for the 24633 rows of the six models, 166 of their workloads have trees', async () => {
    let [rowCount, trees, measurements] = [0, 0, 0];
    for (const model of paperModels) {
      const rows = await readPublished(join(folder, 'device_1'), model);
      rowCount += rows.length;
      trees += cellsOfRows(rows, model, paperBatchSizes, paperLengths).filter(({ parts }) => parts.length === 4).length;
      measurements += (await publishedMeans(join(folder, 'device_1'), model)).size;
    }
    assert.equal([rowCount, trees, measurements], [24633, 166, 2442]);
  });
}

test.run();
