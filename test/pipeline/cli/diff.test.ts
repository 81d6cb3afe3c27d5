import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportDifferences } from '../../../pipeline/cli/diff/reports.js';
import { settingDifferences } from '../../../pipeline/cli/diff/settings.js';
import type { Side } from '../../../pipeline/cli/diff/side.js';
import { hashFile } from '../../../pipeline/store/hash.js';
import { endWorkers, flipBit, freshFolder, pipeline, pipelineJson, runToy, writeToy } from '../folder.js';

test.after(endWorkers);
test.before(async () => {
  freshFolder();
  writeFileSync('b.yaml', 'run: b\nmake: { scale: 1.5, letters: [b, c] }\n');
  writeToy(`run: b\nmake: { scale: 1.5, letters: [b, c] }\n`);
  await runToy();
  writeToy('run: a\n');
  await runToy();
});

interface Difference {
  readonly settings: object[] | null;
  readonly tables: { compared: number; only_a: number; only_b: number; rows: { keys: object; difference: number }[] }[];
}

test('rows are joined by the order of their table; those above the limit are told, the greatest difference first', async () => {
  const { tables, settings } = await pipelineJson<Difference>('diff', 'toy.yaml', 'b.yaml', '--above', '0.5');
  assert.equal(tables, [
    {
      table: 'values',
      value: 'x',
      unit: 'J',
      compared: 3,
      only_a: 3,
      only_b: 3,
      rows: [{ keys: { letter: 'b', i: 2 }, a: 2, b: 3, difference: 1 }],
    },
  ]);
  assert.equal(settings, [
    { key: 'make.letters', a: ['a', 'b'], b: ['b', 'c'] },
    { key: 'make.scale', a: 1, b: 1.5 },
  ]);
});

test('for people: a key that all rows share stands in the heading', async () => {
  const { stdout } = await pipeline('diff', 'toy.yaml', 'b.yaml');
  assert.match(stdout, 'a (simple numbers) | b (simple numbers)\n');
  assert.match(stdout, '  make.scale    1          →  1.5\n');
  assert.match(stdout, 'values: 2 of 3 rows differ in x by more than 0.01 J; 3 rows only in a, 3 only in b\n');
  assert.match(
    stdout,
    '  all with letter b\n  i  a    b  difference\n  2  2    3           1\n  1  1  1.5         0.5\n',
  );
  assert.match(stdout, 'tables of the report: the same numbers');
});

test('two runs by name: the settings that they have recorded', async () => {
  const { settings, tables } = await pipelineJson<Difference>('diff', 'a', 'b');
  assert.is(settings, null);
  assert.is(tables[0].compared, 3);
});

test('what is neither a configuration nor a run, and what is not computed', async () => {
  const neither = await pipeline('diff', 'a', 'bb');
  assert.is(neither.code, 2);
  assert.match(neither.stderr, 'bb is neither a configuration file nor a run: did you mean b?');
  writeToy('run: never\n');
  const never = await pipeline('diff', 'toy.yaml', 'b');
  assert.is(never.code, 4);
  assert.match(never.stderr, 'nothing is computed of run never');
  assert.is((await pipeline('diff', 'a', 'b', '--above', 'much')).code, 2);
});

test('a damaged file is exit 5, named', async () => {
  flipBit('data/runs/b/make/values/c.parquet');
  for (const _ of ['found', 'remembered']) {
    const { code, stderr } = await pipeline('diff', 'a', 'b');
    assert.is(code, 5);
    assert.match(stderr, 'data/runs/b/make/values/c.parquet is damaged');
  }
});

test('settings are compared key by key', () => {
  assert.equal(settingDifferences({ a: { x: 1, y: [1] }, b: 2 }, { a: { x: 1, y: [2] }, c: 3 }), [
    { key: 'a.y', a: [1], b: [2] },
    { key: 'b', a: 2, b: null },
    { key: 'c', a: null, b: 3 },
  ]);
});

/** A side that has published some tables. */
function published(run: string, tables: Readonly<Record<string, object[]>>): Side {
  mkdirSync(`reports/${run}/tables`, { recursive: true });
  const outputs = Object.entries(tables).map(([id, rows]) => {
    const path = `reports/${run}/tables/${id}.json`;
    writeFileSync(path, JSON.stringify({ id, rows, notes: [] }));
    return { table: null, path, bytes: 0, mtime_ms: 0, sha256: hashFile(path), rows: 0 };
  });
  const manifest = { task: 'report/x', outputs, damaged: null };
  return { run, source: null, settings: null, manifests: [manifest as unknown as Side['manifests'][number]] };
}

test('tables of the report by the numbers of the rows that have the same texts', () => {
  const cell = (ours: number) => ({ paper: 5, ours, difference: ours - 5 });
  const a = published('a', {
    table10: [
      { model: 'x', error: cell(4) },
      { model: 'y', error: cell(6) },
    ],
    table2: [{ what: 'same', n: 1 }],
    table3: [{ n: 1 }],
  });
  const b = published('b', {
    table10: [
      { model: 'y', error: cell(8) },
      { model: 'z', error: cell(1) },
    ],
    table2: [{ what: 'same', n: 1 }],
    table4: [{ n: 1 }],
  });
  assert.equal(reportDifferences(a, b), [
    { table: 'table3', only: 'a', numbers: 0, differing: 0, greatest_pct: 0 },
    { table: 'table4', only: 'b', numbers: 0, differing: 0, greatest_pct: 0 },
    { table: 'table10', only: null, numbers: 3, differing: 2, greatest_pct: (100 * 2) / 3 },
  ]);
});

test.run();
