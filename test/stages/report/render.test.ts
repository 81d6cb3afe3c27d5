import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  deviationDecimals,
  differenceText,
  numberText,
  oursText,
  oursWithSeeds,
  paperText,
} from '../../../stages/report/render/cell.js';
import { csv } from '../../../stages/report/render/csv.js';
import { html } from '../../../stages/report/render/html.js';
import { json } from '../../../stages/report/render/json.js';
import { latex } from '../../../stages/report/render/latex.js';
import { markdown } from '../../../stages/report/render/markdown.js';
import { compared, type TableData } from '../../../stages/report/table_json.js';
import { golden } from './golden.js';

const column = { name: 'error', title: 'Error', unit: '%', decimals: 2 };

const narrow: TableData = {
  id: 'sample',
  title: 'A sample & more',
  caption: 'Errors in 100 % of the cases, of C:\\models | others.',
  source: 'simulated, "twin"',
  columns: [
    { name: 'predictor', title: 'Predictor', unit: '' },
    { name: 'measured', title: 'Measured', unit: 'J', decimals: 1 },
    column,
  ],
  rows: [
    {
      predictor: { key: 'end2end', title: 'IrEne' },
      measured: 57.77,
      error: compared(8.54, { ours: 8.612, sd: 0.041, min: 8.5, max: 8.7, seeds: 20 }),
    },
    { predictor: { key: 'sum', title: '<script>alert(1)</script>' }, measured: null, error: compared(16.4, 16.4) },
    { predictor: 'of, "ours"', measured: 12_345, error: compared(null, 0.96) },
    { predictor: 'theirs', measured: -0.04, error: compared(57.9, null) },
  ],
  notes: ['A note with _underscores_, α ± 1/τ and a | pipe.', 'Σ V·I'],
};

const wide: TableData = {
  ...narrow,
  id: 'wide',
  columns: [narrow.columns[0], ...['a', 'b', 'c', 'd'].map((name) => ({ ...column, name, title: name.toUpperCase() }))],
  rows: narrow.rows.map((row) => ({
    predictor: row.predictor,
    a: row.error,
    b: row.error,
    c: row.error,
    d: row.error,
  })),
};

for (const [extension, render] of Object.entries({ md: markdown, csv, tex: latex, json, html })) {
  test(`a table as ${extension}`, () => {
    golden(`report/narrow.${extension}`, render(narrow));
    golden(`report/wide.${extension}`, render(wide));
  });
}

test('numbers have the digits they deserve', () => {
  assert.is(numberText(8.6123, 2), '8.61');
  assert.is(numberText(0.0001234), '0.000123');
  assert.is(numberText(-1.5, 1), '\u22121.5');
  assert.is(numberText(-0.001, 2), '0.00');
  assert.is(numberText(24_000), '24\u202f000');
  assert.is(numberText(2997), '2997');
  assert.is(numberText(0), '0');
});

test('a deviation says how many digits its mean has', () => {
  const text = (ours: number, sd: number) => oursText(compared(null, { ours, sd, seeds: 20 }), column);
  assert.is(text(8.6123, 0.0412), '8.61 ± 0.04');
  assert.is(text(6.123, 1.234), '6.1 ± 1.2');
  assert.is(text(1827.4, 96.2), '1827 ± 96');
  assert.is(text(2.2, 0), '2.200 ± 0.000');
  assert.equal([0.95, 0.19, 0.105, 0.1, 0.04, 0.012, 1.2, 6, 12].map(deviationDecimals), [1, 2, 2, 2, 2, 3, 1, 1, 0]);
  assert.is(oursWithSeeds(compared(8.54, { ours: 8.61, sd: 0.04, seeds: 20 }), column), '8.61 ± 0.04 (20 seeds)');
});

test('a difference has a sign unless it rounds to zero, and the paper’s value the digits printed', () => {
  assert.is(differenceText(compared(8.54, 8.6), column), '+0.06');
  assert.is(differenceText(compared(8.54, 8.5), column), '\u22120.04');
  assert.is(differenceText(compared(0.7, 0.7001), column), '0.00');
  assert.is(differenceText(compared(null, 1), column), '–');
  assert.is(paperText(compared(21.24, null), { ...column, decimals: undefined }), '21.24');
  assert.is(paperText(compared(10, null), { ...column, decimals: 1 }), '10.0');
});

test.run();
