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

test('absent numbers survive wherever they stand, whatever the length of the chunks', async () => {
  const database = await Database.open();
  for (const length of [1, 7, 64, 2047, 2048, 2049, 6145]) {
    for (const every of [1, 2, 3, 8, 2048, 5000]) {
      const absent = (i: number): boolean => i % every === every - 1;
      const wanted = Array.from({ length }, (_, i) => {
        const value = absent(i) ? null : i;
        return { id: i, whole: value, small: value, wall_j: value === null ? null : value / 7 };
      });
      const schema = table('gaps', 'absent here and there', { id: int64(''), whole: nullable(int64('')), small: nullable(int32('')), wall_j: nullable(double('', 'J')) }, ['id']); // prettier-ignore
      await database.insert('gaps', fromRows(schema, wanted));
      const back = await database.query('FROM gaps ORDER BY id');
      assert.equal(toRows(back), wanted, `${length} rows, every ${every}`);
      assert.is(back.getChild('wall_j')!.nullCount, wanted.filter(({ wall_j }) => wall_j === null).length);
      await database.insert('again', back);
      // Rows that a filter leaves do not come in whole chunks.
      const some = await database.query('FROM again WHERE id % 5 <> 2 ORDER BY id');
      assert.equal(toRows(some), wanted.filter(({ id }) => id % 5 !== 2)); // prettier-ignore
      await database.run('DROP TABLE gaps; DROP TABLE again');
    }
  }
  database.close();
});

test('equal columns have equal bytes: what is absent reads as 0 below its bit', async () => {
  const database = await Database.open();
  const values = await Promise.all(
    ['7.5', '8.5'].map(async (under) => {
      const rows = await database.query(
        `SELECT CASE WHEN i % 2 = 0 THEN ${under}::DOUBLE END AS w FROM range(10) t(i)`,
      );
      return Array.from(rows.getChild('w')!.data[0].values as Float64Array).filter((_, i) => i % 2 === 1);
    }),
  );
  assert.equal(values, [Array(5).fill(0), Array(5).fill(0)]);
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
