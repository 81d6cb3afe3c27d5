import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../pipeline/database.js';
import { fromColumns, toRows } from '../../../pipeline/rows.js';
import { double, int64, table } from '../../../pipeline/table.js';
import { Random } from '../../../stages/energy/random.js';
import { sql } from '../../../stages/align/sql.js';
import { type Joules, oracle, type OracleLine, type Span } from './oracle.js';

const jobs = table('jobs', 'a round', { id: int64(''), start_us: int64('', 'µs'), end_us: int64('', 'µs') }, ['id']);
const power = table(
  'power',
  'a line',
  {
    line: int64(''),
    seq: int64(''),
    mono_us: int64('', 'µs'),
    voltage_v: double('', 'V'),
    current_a: double('', 'A'),
    real_power_w: double('', 'W'),
    power_factor: double(''),
  },
  ['line'],
);

interface Energy extends Joules {
  readonly vi: number | null;
  readonly covered_us: number;
  readonly lines: number;
}

const database = await Database.open();

/** The product's SQL on given lines, in the order given, and rounds. */
async function energies(lines: readonly OracleLine[], rounds: readonly Span[], instant = false): Promise<Energy[]> {
  await database.run('DROP TABLE IF EXISTS power; DROP TABLE IF EXISTS lines; DROP TABLE IF EXISTS windows');
  await database.run('DROP TABLE IF EXISTS jobs');
  const numbers = (value: (line: OracleLine, i: number) => number): Float64Array => Float64Array.from(lines, value);
  const places = new Map([...lines].sort((a, b) => a.at_us - b.at_us).map((line, i) => [line.at_us, i]));
  await database.insert(
    'power',
    fromColumns(power, {
      line: numbers((_, i) => i),
      seq: numbers(({ at_us }) => places.get(at_us)!),
      mono_us: numbers(({ at_us }) => at_us),
      voltage_v: numbers(() => 100),
      current_a: numbers(({ w }) => w / 100),
      real_power_w: numbers(({ w }) => w),
      power_factor: numbers(() => 1),
    }),
  );
  const columns = (value: (span: Span, i: number) => number): Float64Array => Float64Array.from(rounds, value);
  await database.insert(
    'jobs',
    fromColumns(jobs, {
      id: columns((_, i) => i),
      start_us: columns((r) => r.start_us),
      end_us: columns((r) => r.end_us),
    }),
  );
  await database.run(await sql('lines'));
  await database.run(await sql('windows'), { instant, max_gap_us: 595_000 });
  const found = await database.query(`FROM (${await sql('energy')}) ORDER BY id`, {
    windows: 'windows',
    max_gap_us: 595_000,
    period_us: 170_000,
  });
  return toRows(found).map(({ step_j, clip_j, interior_j, vi_j, covered_us, lines }) => ({
    step: step_j as number,
    clip: clip_j as number,
    interior: interior_j as number | null,
    vi: vi_j as number | null,
    covered_us: covered_us as number,
    lines: lines as number,
  }));
}

const near = (found: number | null, expected: number | null, what: string): void => {
  if (found === null || expected === null) assert.is(found, expected, what);
  else assert.ok(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), `${what}: ${found}, expected ${expected}`);
};

const random = (seed: number): Random => new Random('energy.test', seed);

/** Half a minute of lines without gaps, 100 to 250 ms apart, over two borders of 10 s. */
function logOf(seed: number): OracleLine[] {
  const draw = random(seed);
  let at_us = 995_000_000;
  return Array.from({ length: 180 }, () => {
    at_us += 100_000 + Math.floor(150_000 * draw.uniform());
    return { at_us, w: 50 + 350 * draw.uniform() };
  });
}

/** Stamps between the second line and the last but one, in order, at least a second apart. */
function stamps(lines: readonly OracleLine[], count: number, draw: Random): number[] {
  const from_us = lines[1].at_us;
  const free_us = lines.at(-2)!.at_us - from_us - 1e6 * (count - 1);
  const shares = Array.from({ length: count }, () => draw.uniform()).sort((x, y) => x - y);
  return shares.map((share, i) => Math.round(from_us + share * free_us + 1e6 * i));
}

/** Rounds that may touch, overlap and lie inside each other. */
function roundsOf(lines: readonly OracleLine[], seed: number): Span[] {
  const draw = random(seed);
  return Array.from({ length: 8 }, () => {
    const [start_us, end_us] = stamps(lines, 2, draw);
    return { start_us, end_us };
  });
}

/** What a property is given is a seed: a counterexample fits a line. */
const seeds = fc.nat();
const runs = { numRuns: 15 };

for (const instant of [false, true]) {
  const meter = instant ? 'an instant meter' : 'a window meter';

  test(`${meter}: the SQL gives what a plain merge gives, by every rule`, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const lines = logOf(seed);
        const rounds = roundsOf(lines, seed);
        const expected = oracle(lines, rounds, instant);
        (await energies(lines, rounds, instant)).forEach((found, i) => {
          for (const rule of ['step', 'clip', 'interior'] as const) near(found[rule], expected[i][rule], rule);
          assert.is(found.covered_us, rounds[i].end_us - rounds[i].start_us);
        });
      }),
      runs,
    );
  });

  test(`${meter}: the energy of two adjoining rounds is that of both together`, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const lines = logOf(seed);
        const [a, b, c] = stamps(lines, 3, random(seed));
        const [left, right, both] = await energies(
          lines,
          [
            { start_us: a, end_us: b },
            { start_us: b, end_us: c },
            { start_us: a, end_us: c },
          ],
          instant,
        );
        near(left.clip + right.clip, both.clip, 'clip');
      }),
      runs,
    );
  });

  test(`${meter}: k times the power is k times the energy, and the hour of the day does not matter`, async () => {
    const k = fc.double({ min: 0.1, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(seeds, k, fc.integer({ min: 1, max: 1e12 }), async (seed, factor, later_us) => {
        const lines = logOf(seed);
        const rounds = roundsOf(lines, seed);
        const plain = await energies(lines, rounds, instant);
        const scaled = await energies(lines.map(({ at_us, w }) => ({ at_us, w: factor * w })), rounds, instant); // prettier-ignore
        const shifted = await energies(
          lines.map(({ at_us, w }) => ({ at_us: at_us + later_us, w })),
          rounds.map(({ start_us, end_us }) => ({ start_us: start_us + later_us, end_us: end_us + later_us })),
          instant,
        );
        plain.forEach((found, i) => {
          for (const rule of ['step', 'clip', 'interior'] as const) {
            near(scaled[i][rule], found[rule] === null ? null : factor * found[rule], `${rule} scaled`);
            near(shifted[i][rule], found[rule], `${rule} shifted`);
          }
        });
      }),
      runs,
    );
  });
}

test('lines that come twice or late change nothing', async () => {
  const lines = Array.from({ length: 180 }, (_, i) => ({ at_us: 995_000_000 + 170_000 * i, w: 100 + ((i * 37) % 90) }));
  const rounds = [{ start_us: 996_111_111, end_us: 1_016_111_111 }];
  const spoilt = lines.flatMap((line, i) => (i % 9 === 0 ? [line, line] : [line]));
  [spoilt[20], spoilt[21]] = [spoilt[21], spoilt[20]];
  assert.equal(await energies(spoilt, rounds), await energies(lines, rounds));
});

test('the paper’s sum takes the lines stamped in the round, each for its period', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => ({ at_us: 1_000_000 + 170_000 * i, w: i }));
  const [{ vi, lines: touching }] = await energies(lines, [{ start_us: 1_000_000 + 170_000 * 10, end_us: 1_000_000 + 170_000 * 12 + 1 }]); // prettier-ignore
  near(vi, 0.17 * (11 + 12), 'lines 11 and 12');
  assert.is(touching, 3);
});

test('a round that the log does not cover has no energy', async () => {
  const lines = Array.from({ length: 80 }, (_, i) => ({ at_us: 1_000_000 + 170_000 * i, w: 100 }));
  const silent = lines.filter((_, i) => i < 20 || i > 25);
  const rounds = [
    { start_us: 2_000_000, end_us: 4_000_000 },
    { start_us: 4_000_000, end_us: 6_000_000 },
    { start_us: 6_000_000, end_us: 8_000_000 },
    { start_us: 13_000_000, end_us: 16_000_000 },
  ];
  const found = await energies(silent, rounds);
  assert.equal(found.map(({ step, clip, interior, vi }) => [step, clip, interior, vi].every((j) => j === null)), [false, true, false, true]); // prettier-ignore
  assert.is(found[1].covered_us, 4_230_000 - 4_000_000 + 6_000_000 - 5_420_000);
});

test.after(() => database.close());
test.run();
