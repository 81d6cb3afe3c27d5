import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database, DatabaseError } from '../../pipeline/database.js';
import { fromRows, toRows } from '../../pipeline/rows.js';
import { thrown } from '../thrown.js';
import { boolean, double, int32, int64, nullable, string, table } from '../../pipeline/table.js';

const sample = table(
  'sample',
  'one of everything',
  {
    id: int64('row'),
    count: int32('count'),
    wall_j: nullable(double('energy', 'J')),
    name: nullable(string('name')),
    excluded: boolean('flag'),
  },
  ['id'],
);

const rows = Array.from({ length: 5000 }, (_, i) => ({
  id: i,
  count: i % 7,
  wall_j: i % 3000 === 2999 ? null : i / 3,
  name: i % 11 === 10 ? null : `n${i % 5}`,
  excluded: i % 2 === 0,
}));

test('rows survive the way to DuckDB and back, absent values included', async () => {
  const database = await Database.open();
  await database.insert('sample', fromRows(sample, rows));
  const back = await database.query(
    'SELECT id, count, wall_j, name::VARCHAR AS name, excluded FROM sample ORDER BY id',
  );
  assert.equal(toRows(back), rows);
  database.close();
});

test('a wrong query fails with its text', async () => {
  const database = await Database.open();
  try {
    await database.query('SELECT nothing FROM nowhere');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, DatabaseError);
    assert.match((error as DatabaseError).message, 'SELECT nothing FROM nowhere');
  }
  database.close();
});

test('an answer is bounded where that is asked for, by what it takes in memory', async () => {
  const database = await Database.open();
  try {
    assert.is((await database.query('FROM range(10_000)', undefined, 2 ** 20)).numRows, 10_000);
    for (const sql of ['FROM range(1_000_000)', "SELECT repeat('x', 1000) FROM range(2000)"])
      assert.match((await thrown(() => database.query(sql, undefined, 2 ** 20))).message, 'takes more than 0.0009765625 GiB'); // prettier-ignore
  } finally {
    database.close();
  }
});

test('sums and decimals come as doubles', async () => {
  const database = await Database.open();
  const [row] = toRows(await database.query('SELECT sum(i) AS total, 1.5 AS half FROM range(10) t(i)'));
  assert.equal(row, { total: 45, half: 1.5 });
  database.close();
});

test('queries asked at once do not cut each other off', async () => {
  const database = await Database.open();
  const sizes = await Promise.all(
    [10_000, 20_000, 30_000].map(async (n) => (await database.query(`SELECT i FROM range(${n}) t(i)`)).numRows),
  );
  assert.equal(sizes, [10_000, 20_000, 30_000]);
  database.close();
});

test.run();
