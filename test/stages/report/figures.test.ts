import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shareUnder } from '../../../stages/report/figures/figure3.js';
import { publish, tableJson } from './build.js';
import { fixture } from './fixture.js';

test('pictures are whole documents with title, source and dark colours, and load nothing', async () => {
  for (const id of ['figure1', 'figure3', 'figure5']) {
    const published = await publish(id);
    const svg = published.get(`figures/${id}.svg`)!;
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.match(svg, `<title id="${id}-title">`);
    assert.match(svg, 'prefers-color-scheme:dark');
    assert.match(svg, 'published measurements, replayed logs');
    assert.not.match(svg, /href|url\(|NaN|undefined/);
    const [header, ...lines] = published.get(`figures/${id}.csv`)!.trimEnd().split('\n');
    assert.match(header, /,source$/);
    assert.ok(lines.length > 1);
  }
});

test('figure 1 shows one layer, though the model has two', async () => {
  const { rows } = await tableJson('figure1');
  assert.is(rows.filter((row) => row.type === 'BertLayer').length, 1);
  assert.is(rows.filter((row) => row.type === 'MatMul').length, 2);
});

test('figure 5 takes like siblings together and holds the paper’s shares', async () => {
  const { rows } = await tableJson('figure5');
  const of = (node: string) => (rows as any[]).find((row) => row.node === node);
  assert.is(of('BertModel').wall_pct, 100);
  assert.is(of('BertModel/BertEncoder/BertLayer').nodes, 2);
  const output = of('BertModel/BertEncoder/BertLayer/BertOutput');
  assert.is(output.end2end.paper, 31.89);
  assert.ok(output.wall_pct > 10 && output.end2end.ours > 10);
});

test('figure 3 counts the trees below a limit', async () => {
  const error = (error_pct: number) => ({ model: 'm', batch_size: 8, length: 32, error_pct });
  assert.is(shareUnder([error(1), error(9.9), error(10), error(20)], 10), 50);
  assert.is(shareUnder([], 10), null);
  const { rows } = await tableJson('figure3');
  assert.equal(
    rows.map((row) => (row.share as any).paper),
    [50, 99, 100],
  );
});

test('nothing is drawn where there is nothing to draw', async () => {
  const tables = fixture();
  const empty = { ...tables, predictions: tables.predictions.slice(0, 0) };
  assert.equal(
    [...(await publish('figure3', { tables: empty })).keys()].filter((path) => path.endsWith('.svg')),
    [],
  );
});

test.run();
