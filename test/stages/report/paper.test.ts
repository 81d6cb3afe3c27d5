import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figures } from '../../../stages/report/figures/list.js';
import { paperNumber, paperRows, readPaper } from '../../../stages/report/paper.js';
import { paperModels } from '../../../stages/report/names.js';
import { plainMean } from '../../../stages/report/tables/table5.js';
import { tables } from '../../../stages/report/tables/list.js';

test('every file of the paper’s values that is named is there and has its own id', async () => {
  for (const id of new Set([...tables, ...figures].flatMap((output) => output.paper))) {
    assert.is((await readPaper(id)).id, id);
  }
});

test('the values of one thing agree wherever the paper gives it', async () => {
  const [table5, table6, table7, table8, table9] = await Promise.all(
    ['table5', 'table6', 'table7', 'table8', 'table9'].map(readPaper),
  );
  const end2end = { machine: 'PC1', predictor: 'end2end' };
  const all = { machine: 'PC1', features: 'all' };
  assert.is(paperNumber(table8, all, 'module'), paperNumber(table6, { machine: 'PC1' }, 'average'));
  assert.is(paperNumber(table8, all, 'ml'), paperNumber(table7, { machine: 'PC1' }, 'average'));
  for (const level of ['module', 'model'])
    assert.is(paperNumber(table9, end2end, level), paperNumber(table8, all, level));
  const rounded = Number(paperNumber(table8, all, 'model')!.toFixed(1));
  assert.is(rounded, paperNumber(table5, { machine: 'PC1', system: 'end2end' }, 'average'));
});

test('the plain means of what the paper prints are those known of it', async () => {
  const [table5, table6, table11] = await Promise.all(['table5', 'table6', 'table11'].map(readPaper));
  const mean = (paper: typeof table5, where: Record<string, string>) => plainMean(paper, where, paperModels).toFixed(2);
  assert.is(mean(table5, { machine: 'PC1', system: 'strubell' }), '59.50');
  assert.is(mean(table5, { machine: 'PC1', system: 'end2end' }), '5.48');
  assert.is(mean(table5, { machine: 'PC2', system: 'end2end' }), '7.23');
  assert.is(mean(table6, { machine: 'PC1' }), '10.06');
  assert.is(mean(table6, { machine: 'PC2' }), '11.76');
  assert.is(mean(table11, { machine: 'PC1' }), '35.33');
});

test('printed shares add up to about a hundred', async () => {
  for (const paper of await Promise.all(['table10', 'table12'].map(readPaper))) {
    for (const model of new Set(paper.rows.map((row) => row.model))) {
      const sum = paperRows(paper, { model }).reduce((total, row) => total + Number(row.share), 0);
      assert.ok(sum > 99.3 && sum < 100.02, `${model} ${sum}`);
    }
  }
});

test.run();
