import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pickPoints, type Points } from '../../../../stages/energy/calibration/points.js';
import { prepare } from '../../../../stages/energy/calibration/prepare.js';
import { sumsIn } from '../../../../stages/energy/calibration/sums.js';
import { ramp, simulatedPoints } from './simulated_points.js';

const points = simulatedPoints({ eta: 1.1, restW: 50, gpuW: ramp(12, 10, 150), groups: 12 });

/** The sum of some rows as a row. */
function sumOf(of: Points, which: readonly number[], group: string): Points {
  const part = pickPoints(of, which);
  const total = (values: Float64Array) => Float64Array.of(values.reduce((a, b) => a + b));
  const [wallJ, gpuJ, timeS] = [part.wallJ, part.gpuJ, part.timeS].map(total);
  return { wallJ, gpuJ, timeS, cpu: null, group: [group], row: Int32Array.of(99) };
}

const joined = (...all: readonly Points[]): Points => ({
  wallJ: Float64Array.from(all.flatMap(({ wallJ }) => [...wallJ])),
  gpuJ: Float64Array.from(all.flatMap(({ gpuJ }) => [...gpuJ])),
  timeS: Float64Array.from(all.flatMap(({ timeS }) => [...timeS])),
  cpu: null,
  group: all.flatMap(({ group }) => group),
  row: Int32Array.from(all.flatMap(({ row }) => [...row])),
});

test('a phase is found to be the sum of the phases after it, nested ones too', () => {
  const inner = sumOf(points, [4, 5, 6], 'inner');
  const outer = sumOf(joined(pickPoints(points, [3]), inner, pickPoints(points, [7])), [0, 1, 2], 'outer');
  const table = joined(pickPoints(points, [0, 1, 2]), outer, pickPoints(points, [3]), inner, pickPoints(points, [4, 5, 6, 7, 8, 9])); // prettier-ignore
  assert.equal([...sumsIn(table)].map((i) => table.group[i]).sort(), ['inner', 'outer']);
});

test('rows that add up to nothing are no sums, nor are sums within one group', () => {
  assert.is(sumsIn(points).size, 0);
  const table = joined(sumOf(points, [0, 1, 2], 'one'), pickPoints(points, [0, 1, 2]));
  assert.is(sumsIn(table).size, 1);
  assert.is(sumsIn({ ...table, group: table.group.map(() => 'one') }).size, 0);
});

const table = (of: Points) => ({ points: of, rows: of.row.length, incomplete: [] });
const grouped = { grouped: true, timed: true, limitS: null };

test('short rows are left out where most are long, and told', () => {
  const mixed = { ...points, timeS: points.timeS.map((s, i) => (i < 3 ? 1.2 : s)) };
  const { points: kept, findings } = prepare(table(mixed), grouped);
  assert.equal([...kept.row], [4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.match(findings[0].message, /^3 of 12 rows are shorter than 10 s and left out: g0, g1, g2/);
  assert.is(prepare(table(mixed), { ...grouped, limitS: 0 }).points.row.length, 12);
});

test('where most are short each is the mean of many runs, unless a limit is given', () => {
  const runs = { ...points, timeS: points.timeS.map((_, i) => (i === 0 ? 60 : 0.02)) };
  const { points: kept, findings } = prepare(table(runs), grouped);
  assert.is(kept.row.length, 12);
  assert.equal(findings.map(({ check_id, severity }) => [check_id, severity]), [['short_rows', 'info']]); // prettier-ignore
  assert.is(prepare(table(runs), { ...grouped, limitS: 10 }).points.row.length, 1);
});

test('without groups blocks of neighbouring GPU power are left out', () => {
  const { points: blocks, findings } = prepare(table({ ...points, group: [] }), { ...grouped, grouped: false });
  assert.is(new Set(blocks.group).size, 5);
  assert.is(blocks.group[0], 'block 1 of 5 by GPU power');
  assert.is(blocks.group.at(-1), 'block 5 of 5 by GPU power');
  assert.is(findings[0].check_id, 'no_group');
});

test.run();
