import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../pipeline/database.js';
import { lockRun } from '../../../pipeline/store/lock.js';
import { toRows } from '../../../pipeline/rows.js';
import { endWorkers, filesIn, flipBit, freshFolder, pipeline, pipelineJson, runToy, writeToy } from '../folder.js';

const query = (...argv: string[]) => pipeline('query', 'toy.yaml', ...argv);

test.after(endWorkers);
test.before(async () => {
  freshFolder();
  writeToy();
  await runToy();
});

test('rows of a dataset as an array of objects, a partition in its column', async () => {
  const rows = await pipelineJson(
    'query',
    'toy.yaml',
    'SELECT letter, i, square FROM squares ORDER BY letter, i LIMIT 4',
  );
  assert.equal(rows, [
    { letter: 'a', i: 0, square: 0 },
    { letter: 'a', i: 1, square: 1 },
    { letter: 'a', i: 2, square: 4 },
    { letter: 'b', i: 0, square: 0 },
  ]);
});

test('--json is --format json; integers are numbers where exact, what JSON has no number for is null', async () => {
  const sql = "SELECT 7::BIGINT AS n, 9007199254740993 AS large, 'nan'::DOUBLE AS x, NULL AS nothing, true AS yes";
  const { stdout } = await query(sql, '--format', 'json');
  assert.equal(JSON.parse(stdout), [{ n: 7, large: '9007199254740993', x: null, nothing: null, yes: true }]);
  assert.is(stdout, (await query(sql, '--json')).stdout);
  assert.equal(await pipelineJson('query', 'toy.yaml', 'SELECT 1 WHERE false'), []);
});

test('a table for people: numbers to the right, the number of rows on stderr', async () => {
  const { code, stdout, stderr } = await query(
    'SELECT letter, x, x / 3 AS third FROM values WHERE i = 1 ORDER BY letter',
  );
  assert.is(code, 0);
  assert.is(stdout, 'letter  x     third\na       1  0.333333\nb       1  0.333333\n');
  assert.is(stderr, '2 rows\n');
  const limited = await query('FROM values', '--limit', '1');
  assert.is(limited.stdout.split('\n').length, 3);
  assert.is(limited.stderr, '1 of 6 rows\n');
  assert.is((await query('FROM values', '--quiet')).stderr, '');
});

test('CSV by RFC 4180', async () => {
  const { stdout } = await query(
    `SELECT 'a,b' AS "x ""y""", 'say "no"' AS q, NULL AS absent, '' AS empty, 0.1 AS n`,
    '--format',
    'csv',
  );
  assert.is(stdout, '"x ""y""",q,absent,empty,n\r\n"a,b","say ""no""",,"",0.1\r\n');
});

test('Arrow as a stream, to stdout and to a file', async () => {
  const { stdout } = await query('FROM values ORDER BY ALL', '--format', 'arrow');
  const rows = toRows(tableFromIPC(Buffer.from(stdout, 'latin1')));
  assert.equal(rows[5], { letter: 'b', i: 2, x: 2 });
  assert.is((await query('FROM values ORDER BY ALL', '--output', 'values.arrow')).code, 0);
  assert.equal(toRows(tableFromIPC(readFileSync('values.arrow'))), rows);
});

test('Parquet, which needs a file', async () => {
  const { code, stderr } = await query('FROM values', '--format', 'parquet');
  assert.is(code, 2);
  assert.match(stderr, '--format parquet needs --output');
  assert.is((await query('FROM values ORDER BY ALL', '--output', 'values.parquet')).code, 0);
  const database = await Database.open();
  assert.equal(toRows(await database.query("SELECT sum(x) AS s FROM 'values.parquet'")), [{ s: 6 }]);
  database.close();
});

test('a file is not touched by a query that fails, and nothing is left behind', async () => {
  writeFileSync('kept.csv', 'before');
  const { code } = await query(
    "SELECT CASE WHEN i < 2 THEN 1 ELSE error('late') END FROM values",
    '--output',
    'kept.csv',
  );
  assert.is(code, 2);
  assert.is(readFileSync('kept.csv', 'utf8'), 'before');
  assert.is((await query('SELECT 1 AS one', '--output', 'kept.csv')).code, 0);
  assert.is(readFileSync('kept.csv', 'utf8'), 'one\r\n1\r\n');
  assert.equal(
    filesIn('.').filter((name) => name.endsWith('.tmp')),
    [],
  );
  assert.match((await query('SELECT 1', '--output', 'nowhere/x.csv')).stderr, 'there is no folder nowhere');
});

test('a query reaches no file and writes none', async () => {
  const attempts = {
    "COPY values TO 'out.csv'": 'cannot access file "out.csv"',
    "FROM read_csv('/etc/passwd')": 'cannot access file "/etc/passwd"',
    "FROM read_text('toy.yaml')": 'cannot access file "toy.yaml"',
    "FROM glob('*')": 'cannot access file "*"',
    "ATTACH 'out.db'": 'ATTACH is no query',
    'INSTALL httpfs': 'INSTALL is no query',
    "LOAD 'x.so'": 'LOAD is no query',
    "FROM 'https://example.com/x.parquet'": 'cannot access file "https://example.com/x.parquet"',
    "SELECT getenv('HOME')": 'getenv does not exist',
    "EXPORT DATABASE 'out'": 'cannot access directory "out"',
    "FROM json_execute_serialized_sql('{}')": 'Parser Error',
    "FROM query('COPY (SELECT 1) TO ''out.csv''')": 'Expected a single SELECT',
    "EXPLAIN ANALYZE COPY (FROM values) TO 'data/runs/toy/make/values/a.parquet' (USE_TMP_FILE false)":
      'COPY is no query',
    "-- a\nexplain (FORMAT json) COPY (FROM values) TO 'data/runs/toy/make/values/a.parquet'": 'COPY is no query',
    'EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1': 'CREATE is no query',
    "PIVOT values ON i; COPY values TO 'out.csv'": 'expected one query, received 3',
    "CREATE TABLE t AS FROM read_text('toy.yaml'); SELECT 'pivot'": 'cannot access file "toy.yaml"',
    'CREATE TABLE t AS SELECT 1': 'CREATE is no query',
    'SET enable_external_access = true': 'SET is no query',
    '/* c */ DROP VIEW values': 'DROP is no query',
    'SELECT 1; SELECT 2': 'expected one query, received 2',
    '-- nothing': 'the query is empty',
  };
  for (const [sql, message] of Object.entries(attempts)) {
    const { code, stdout, stderr } = await query(sql);
    assert.is(code, 2, sql);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.is(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('    at ')).length,
      0,
    );
  }
  assert.not.ok(existsSync('out.csv') || existsSync('out.db'));
});

test('a wrong query is told in the words of DuckDB, with what there is', async () => {
  const unknown = await query('FROM squarse');
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'Table with name squarse does not exist');
  assert.match(unknown.stderr, 'did you mean squares? there are values, findings, squares');
  assert.match((await query('SELECT lettr FROM values')).stderr, 'Candidate bindings: "letter"');
  assert.match((await query('SELEC 1')).stderr, 'syntax error at or near "SELEC"');
});

test('what DuckDB reads without SELECT', async () => {
  assert.match((await query('SHOW TABLES')).stdout, /^name\nfindings\nsquares\nvalues\n$/);
  assert.match((await query('DESCRIBE squares')).stdout, /^letter\s+VARCHAR/m);
  assert.match((await query('EXPLAIN FROM values')).stdout, 'READ_PARQUET');
  const pivot = 'PIVOT values ON letter USING sum(x) GROUP BY i ORDER BY i';
  assert.equal(
    await pipelineJson('query', 'toy.yaml', pivot),
    [0, 1, 2].map((i) => ({ i, a: i, b: i })),
  );
  assert.match((await query("FROM query('FROM val' || 'ues')")).stderr, 'a query must name values itself');
});

test('only tables that a query names are verified; a damaged one is exit 5, and the next run recomputes just that', async () => {
  const damaged = 'data/runs/toy/square/squares/a.parquet';
  flipBit(damaged);
  assert.is((await query('FROM values')).code, 0);
  assert.is((await query("SELECT 'squares' AS name FROM values")).code, 0);
  for (const _ of ['found', 'remembered']) {
    const { code, stdout, stderr } = await query('SELECT * FROM Squares');
    assert.is(code, 5);
    assert.is(stdout, '');
    assert.match(stderr, `${damaged} is damaged: its SHA-256`);
  }
  const { counts } = await runToy();
  assert.equal([counts.square.done, counts.square.fresh, counts.tell.fresh], [1, 1, 1]);
  assert.is((await query('FROM squares')).code, 0);
});

test('while somebody writes the run, a file that is not as recorded is no damage', async () => {
  const file = 'data/runs/toy/square/squares/a.parquet';
  const before = readFileSync(file);
  const { release } = lockRun('data/runs/toy');
  flipBit(file);
  const { code, stderr } = await query('FROM squares');
  assert.is(code, 4);
  assert.match(stderr, `${file} is being written by process ${process.pid}`);
  writeFileSync(file, before);
  release();
  assert.is((await query('FROM squares')).code, 0);
});

test('what is stale is read, and said', async () => {
  const { code, stdout, stderr } = await query('FROM squares', '--set', 'make.scale=2', '--json');
  assert.is(code, 0);
  assert.is((JSON.parse(stdout) as unknown[]).length, 6);
  assert.match(stderr, 'warning: squares: stale: square/a, square/b (waits for make/a)');
  const partial = await query('FROM values', '--set', 'make.letters=[a, b, c]');
  assert.match(partial.stderr, 'warning: values: not computed yet by make/c; their rows are not there');
});

test('what is not computed yet is exit 4, with the command that computes it', async () => {
  writeToy('run: other\n');
  const { code, stderr } = await query('FROM squares');
  assert.is(code, 4);
  assert.match(stderr, 'squares is not computed yet (square/a, square/b)');
  assert.match(stderr, 'pipeline run toy.yaml --stage square');
  assert.not.ok(existsSync('data/runs/other'));
  writeToy();
});

test('a run is read where its source is not', async () => {
  const { code, stderr } = await query('FROM values', '--set', 'bench.source=[good]');
  assert.is(code, 0);
  assert.match(stderr, 'whether this is fresh cannot be told: no source of measurements can be had');
});

test.run();
