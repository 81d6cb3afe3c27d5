import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figures } from '../../../stages/report/figures/list.js';
import { openReport } from '../../../stages/report/output.js';
import { report } from '../../../stages/report/stage.js';
import { pastTables, tables } from '../../../stages/report/tables/list.js';
import { publish, tableJson } from './build.js';
import { fixture, models } from './fixture.js';
import { anySource } from '../context.js';

const ofPaper = Array.from({ length: 12 }, (_, i) => `table${i + 1}`);
const past = pastTables.map(({ id }) => id);
const ids = [...ofPaper, ...past, ...figures.map(({ id }) => id)];

test('the ids are those of the contract, ours have names, and each is a partition', () => {
  const numbered = [...tables, ...figures].map(({ id }) => id).filter((id) => /\d$/.test(id));
  assert.equal(numbered, [...ofPaper, 'figure1', 'figure3', 'figure4', 'figure5']);
  assert.ok(past.every((id) => /^[a-z_]+$/.test(id)));
  const partitions = report.partitions(report.params.parse({}), {}, {}, anySource);
  assert.equal(
    partitions.map(({ output }) => output),
    [...ids, 'page'],
  );
  const some = report.partitions(report.params.parse({ tables: ['table9', 'table5'] }), {}, {}, anySource);
  assert.equal(
    some.map(({ output }) => output),
    ['table5', 'table9', 'page'],
  );
  assert.not(report.params.safeParse({ tables: ['table13'] }).success);
});

for (const id of ids) {
  test(`${id} is published in every format, and its JSON keeps the contract`, async () => {
    const published = await publish(id);
    for (const extension of ['md', 'csv', 'tex', 'json'])
      assert.ok(published.get(`tables/${id}.${extension}`), extension);
    const table = JSON.parse(published.get(`tables/${id}.json`)!);
    assert.equal(Object.keys(table), ['id', 'title', 'caption', 'source', 'columns', 'rows', 'notes']);
    assert.is(table.id, id);
    assert.is(table.source, 'published measurements, replayed logs');
    assert.ok(table.rows.length > 0);
    assert.ok(table.notes.length > 0, 'footnotes');
    const names = table.columns.map(({ name, unit }: { name: string; unit: string }) => {
      assert.type(unit, 'string');
      return name;
    });
    assert.is(new Set(names).size, names.length);
    for (const row of table.rows) {
      assert.equal(Object.keys(row), names);
      for (const cell of Object.values<any>(row)) {
        if (typeof cell !== 'object' || cell === null) continue;
        const expected = cell.paper === null || cell.ours === null ? null : cell.ours - cell.paper;
        if (expected === null) assert.is(cell.difference, null);
        else assert.ok(Math.abs(cell.difference - expected) < 1e-6 * (1 + Math.abs(expected)));
      }
    }
    for (const text of published.values()) assert.match(text, 'published measurements, replayed logs');
  });
}

test('another setting makes stale what prints it: nothing else may read it', async () => {
  const stale = (change: Record<string, unknown>): string[] => {
    const [before, after] = [report.params.parse({}), report.params.parse(change)];
    return report
      .partitions(before, {}, {}, anySource)
      .filter((own) => JSON.stringify(report.relevant!(before, own)) !== JSON.stringify(report.relevant!(after, own)))
      .map(({ output }) => output);
  };
  assert.equal(stale({ price_usd_per_kwh: 0.2 }), ['table3', 'page']);
  assert.equal(stale({ workload: { batch_size: 8, length: 64 } }), ['what_if', 'page']);
  assert.equal(stale({ tables: ['table9'] }), ['page']);
  const undeclared = openReport(undefined as never, { kind: 'twin', about: {} } as never, {});
  assert.throws(() => undeclared.priceUsdPerKwh, /reads price_usd_per_kwh, which is not among its settings/);
});

test('the same inputs give the same bytes', async () => {
  for (const id of ['table5', 'figure3', 'figure5', 'page']) {
    assert.equal([...(await publish(id))], [...(await publish(id))]);
  }
});

test('table 5 has the paper’s value, ours with its seeds, and what cannot be had', async () => {
  const { rows, notes } = await tableJson('table5');
  const [strubell, ours, , pc2] = rows;
  assert.equal(strubell['bert-base-uncased'], { paper: 57.9, ours: null, difference: null });
  assert.is((ours['distilbert-base-uncased'] as any).paper, 11.6);
  assert.is((ours.average as any).seeds, 20);
  assert.equal(pc2.average, { paper: 7.2, ours: null, difference: null });
  const all = notes.join('\n');
  for (const trap of [
    'at most 7.6 %',
    'DistilBERT 11.6',
    'under 7 %',
    '59.5',
    'RAPL',
    'configs/pc2.yaml',
    'Variant clean',
  ]) {
    assert.match(all, trap);
  }
});

test('on the second machine its rows have ours, the first’s none', async () => {
  const source = { about: { device: 'device_2' } };
  const table5 = await tableJson('table5', { source });
  const of = (machine: string) => table5.rows.find((row) => row.machine === machine && row.system === 'end2end')!;
  assert.is((of('PC1').average as any).ours, null);
  assert.type((of('PC2').average as any).ours, 'number');
  assert.is((of('PC2').average as any).paper, 7.2);
  const table9 = await tableJson('table9', { source });
  const own = table9.rows.filter((row) => row.machine === 'PC2');
  assert.is(own.length, 5);
  assert.equal((own[0].module as any).paper, null, 'the paper has table 9 of PC1 alone');
});

test('a machine that the paper has not gets rows of its own', async () => {
  const { rows } = await tableJson('table6', { source: { about: { device: 'our_box' } } });
  assert.equal(
    rows.map((row) => row.machine),
    ['PC1', 'PC2', 'this_bench'],
  );
  assert.type((rows[2].average as any).ours, 'number');
});

test('table 4 counts nodes of trees, and its footnote those of one tree', async () => {
  const { rows, notes } = await tableJson('table4');
  const of = (quantity: string, model: string) => (rows.find((row) => row.quantity === quantity)![model] as any).ours;
  assert.is(of('model', 'gpt2'), 2);
  assert.is(of('depth', 'bert-base-uncased'), 6);
  assert.is(of('depth', 'distilbert-base-uncased'), 5);
  assert.is(of('depth', 'gpt2'), 4);
  assert.is(of('module', 'bert-base-uncased'), 2 * (3 + 6 * 2));
  assert.match(notes.join('\n'), 'GPT2 20 + 6');
});

test('table 3 turns the measured batch into kWh and price', async () => {
  const { rows, notes } = await tableJson('table3', { params: { price_usd_per_kwh: 0.5 } });
  const [one, many] = rows as any[];
  assert.is(one.kwh_per_million.paper, 161);
  assert.ok(Math.abs(many.kwh_per_million.ours - 150 * one.kwh_per_million.ours) < 1e-6);
  assert.ok(Math.abs(one.usd_per_million.ours - 0.5 * one.kwh_per_million.ours) < 1e-6);
  assert.match(notes[0], 'The paper’s 161 kWh is');
});

test('tables 10 and 12 show measured, the paper’s and each of ours, over the root', async () => {
  for (const id of ['table10', 'table12']) {
    const { rows } = await tableJson(id);
    for (const row of rows as any[]) {
      for (const name of ['wall_pct', 'stepwise', 'predicted_sum']) assert.type(row[name], 'number');
      assert.type(row.end2end.ours, 'number');
      assert.type(row.end2end.paper, 'number');
    }
  }
  const { rows } = await tableJson('table10');
  const gpt2 = (rows as any[]).filter((row) => row.model === 'gpt2');
  assert.equal(
    gpt2.map((row) => row.type),
    ['MLP', 'Attention', 'LayerNorm', 'Embedding'],
  );
  const sum = gpt2.reduce((total, row) => total + row.wall_pct, 0);
  assert.ok(sum > 95 && sum < 110, String(sum));
});

test('a run without some predictors still has every row of the paper', async () => {
  const tables = fixture();
  const { rows } = await tableJson('table9', { tables: { ...tables, errors: tables.errors.slice(0, 0) } });
  assert.equal(
    rows.map((row) => (row.model as any).paper),
    [5.52, 14.84, 17.69, 39.79, null],
  );
  assert.ok(rows.every((row) => (row.model as any).ours === null));
});

test('models beyond the six have columns and trees of their own', async () => {
  const tables = fixture({ rename: { gpt2: 'my-gpt' } });
  const table5 = await tableJson('table5', { tables });
  assert.ok(table5.columns.some(({ name }) => name === 'my-gpt'));
  assert.is((table5.rows[1]['my-gpt'] as any).paper, null);
  assert.type((table5.rows[1]['my-gpt'] as any).ours, 'number');
  assert.ok(models.includes('gpt2') && (table5.rows[1].gpt2 as any).ours === null);
});

test('a model of the paper that the run lacks is named', async () => {
  const tables = fixture({ rename: { 'roberta-base': 'other' } });
  for (const id of ['table4', 'table5', 'table6', 'table10']) {
    assert.ok((await tableJson(id, { tables })).notes.includes('Not in this run: RoBERTa-base.'), id);
    assert.not.ok(
      (await tableJson(id)).notes.some((note) => note.startsWith('Not in this run')),
      id,
    );
  }
});

test('a name cannot escape from a table or a picture', async () => {
  const tables = fixture({ rename: { 'bert-base-uncased': '<script>alert("x")</script>|' } });
  for (const id of ['table5', 'table4', 'figure1', 'page']) {
    for (const [path, text] of await publish(id, { tables })) {
      if (path.endsWith('.json') || path.endsWith('.csv')) continue;
      assert.not.match(text, '<script>alert', path);
    }
  }
});

test.run();
