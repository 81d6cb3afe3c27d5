import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../../pipeline/database.js';
import { parseMapping } from '../../../../stages/energy/calibration/mapping.js';
import { readTable } from '../../../../stages/energy/calibration/read_table.js';
import { thrown } from '../../../thrown.js';

process.chdir(mkdtempSync(join(tmpdir(), 'tables-')));

const codeOf = (error: Error): number => (error as unknown as { exitCode: number }).exitCode;

/** Reads a CSV of these lines. */
function read(lines: readonly string[], map: string, where?: string) {
  writeFileSync('t.csv', `${lines.join('\n')}\n`);
  return readTable('t.csv', parseMapping([map]), where);
}

test('units are converted by the end of the key', async () => {
  const lines = ['kwh,mj,ms,"load, %",who', '0.001,1500000,20000,50,a', '0.002,2500000,40000,25,b'];
  const { points } = await read(lines, 'wall_kwh=kwh,gpu_mj=mj,time_ms=ms,cpu_pct=load, %,group=who');
  assert.equal([...points.wallJ], [3600, 7200]);
  assert.equal([...points.gpuJ], [1500, 2500]);
  assert.equal([...points.timeS], [20, 40]);
  assert.equal(points.cpu, { unit: 'pct', values: Float64Array.of(1000, 1000) });
  assert.equal(points.group, ['a', 'b']);
});

test('powers have a time, or count for one second', async () => {
  const lines = ['w,g,t', '200,100,10', '300,150,20'];
  const timed = await read(lines, 'wall_w=w,gpu_w=g,time_s=t');
  assert.equal([...timed.points.wallJ], [2000, 6000]);
  const plain = await read(lines, 'wall_w=w,gpu_w=g');
  assert.equal([...plain.points.wallJ, ...plain.points.timeS], [200, 300, 1, 1]);
  const mixed = await read(lines, 'wall_w=w,gpu_j=g,time_s=t');
  assert.equal([...mixed.points.gpuJ], [100, 150]);
});

test('Parquet is read like CSV', async () => {
  const database = await Database.open();
  await database.copy(`SELECT 200.0 AS w, 100::INTEGER AS g, 'a' AS who UNION ALL SELECT 300, 150, 'b'`, 't.parquet');
  database.close();
  const { points } = await readTable('t.parquet', parseMapping(['wall_w=w,gpu_w=g', 'group=who']));
  assert.equal([...points.wallJ, ...points.gpuJ], [200, 300, 100, 150]);
});

test('a condition chooses rows, and cells that are not there leave theirs out', async () => {
  const lines = ['w,g,phase', '200,100,run', '300,N/A,run', '250,120,boot', '260,,run', '280,140,run'];
  const { points, rows, incomplete } = await read(lines, 'wall_w=w,gpu_w=g', `phase <> 'boot'`);
  assert.equal([...points.row], [1, 5]);
  assert.is(rows, 4);
  assert.equal(incomplete, [2, 4]);
});

const good = ['w,g', '200,100', '300,150'];

test('what cannot be understood is told with what was expected', async () => {
  const cases: readonly [readonly string[], string, RegExp, string?][] = [
    [['w,nvml', '2,1'], 'wall_w=w,gpu_w=nvlm', /--map gpu_w: t\.csv has no column nvlm: did you mean nvml\?/],
    [good, 'wal_w=w,gpu_w=g', /--map wal_w: unknown key; did you mean "wall_w"\?/],
    [good, 'wall_wats=w,gpu_w=g', /unknown key/],
    [good, 'wall_w=w', /no column for the GPU/],
    [good, 'gpu_w=w', /no column for the wall/],
    [good, 'wall_w', /expected key=column/],
    [good, 'wall_w=w,wall_j=w,gpu_w=g', /wall_w and wall_j are both given/],
    [good, 'wall_j=w,gpu_w=g', /wall_j: an energy needs its time: add time_s=/],
    [['w,g', '200,100', '"3,5",150'], 'wall_w=w,gpu_w=g', /column w: expected numbers; row 2 has "3,5"/],
    [good, 'wall_w=w,gpu_w=g', /--where nonsense: /, 'nonsense'],
    [good, 'wall_w=w,gpu_w=g', /has no rows where w > 1000/, 'w > 1000'],
    [['w,g', '200,-1'], 'wall_w=w,gpu_w=g', /row 1: a negative energy/],
    [['w,g', '0,0'], 'wall_w=w,gpu_w=g', /row 1: a wall energy or a time of 0/],
    [['w,g', 'N/A,1'], 'wall_w=w,gpu_w=g', /no row has all of w, g/],
    [['w,g', '900000,1'], 'wall_w=w,gpu_w=g', /a wall power of 900000 W, expected/],
  ];
  for (const [lines, map, message, where] of cases) {
    const error = await thrown(() => read(lines, map, where));
    assert.match(error.message, message);
    assert.is(codeOf(error), 2, error.message);
  }
});

test('a wall below the GPU names the rows, and the mistake where it can be told', async () => {
  const error = await thrown(() => read(['w,g', '0.2,100', '0.3,150', '0.25,120'], 'wall_w=w,gpu_w=g'));
  assert.match(
    error.message,
    /wall’s energy is below the GPU’s in 3 of 3 rows \(rows 1, 2, 3\)|wall's energy is below the GPU's in 3 of 3 rows \(rows 1, 2, 3\)/,
  );
  assert.match(error.message, /it looks like kJ for J \(or kW for W\)/);
  assert.match(error.hint ?? '', /check wall_w, gpu_w/);
  assert.is(codeOf(error), 2);
  const one = await thrown(() => read(['w,g', '200,100', '140,150'], 'wall_w=w,gpu_w=g'));
  assert.match(one.message, /in 1 of 2 rows \(row 2\): in row 2 140 J at the wall, 150 J of the GPU$/);
});

test('a file that is not there, no table or of another kind', async () => {
  const map = parseMapping(['wall_w=w,gpu_w=g']);
  assert.is(codeOf(await thrown(() => readTable('no.csv', map))), 4);
  writeFileSync('bad.parquet', 'no parquet');
  const error = await thrown(() => readTable('bad.parquet', map));
  assert.is(codeOf(error), 4);
  assert.match(error.message, /^bad\.parquet cannot be read: /);
  writeFileSync('t.xlsx', '');
  assert.match(
    (await thrown(() => readTable('t.xlsx', map))).message,
    /expected a file that ends in \.csv or \.parquet/,
  );
});

test.run();
