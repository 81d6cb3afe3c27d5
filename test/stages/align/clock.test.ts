import { makeVector, Table } from 'apache-arrow';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../pipeline/database.js';
import { fitClock } from '../../../stages/align/clock.js';
import { bursts, candidates, coarseOffsets } from '../../../stages/align/coarse.js';
import { medianDeviation, robustLine } from '../../../stages/align/robust_line.js';
import { Random } from '../../../stages/energy/random.js';
import { aligned, type Given, makeSession, standby_w } from './session.js';

const clockOf = async (given: Given, params = {}) => {
  const { clock, findings } = await aligned(makeSession(given), params);
  return { clock: clock[0] as Record<'offset_s' | 'drift_ppm' | 'residual_ms' | 'edges', number>, findings };
};

test('a perfect meter on the host’s clock is neither off nor drifts', async () => {
  const { clock } = await clockOf({});
  assert.ok(Math.abs(clock.offset_s) < 1e-6 && Math.abs(clock.drift_ppm) < 0.01, JSON.stringify(clock));
  assert.is(clock.edges, 24);
  assert.ok(clock.residual_ms < 0.001);
});

for (const offset_us of [1_234_000, -59_000_000, 599_000_000]) {
  test(`an offset of ${offset_us / 1e6} s and a drift of 120 ppm are found`, async () => {
    const { clock } = await clockOf({ offset_us, drift: 120e-6 });
    assert.ok(Math.abs(clock.offset_s - offset_us / 1e6) < 1e-5, `${clock.offset_s}`);
    assert.ok(Math.abs(clock.drift_ppm - 120) < 0.1, `${clock.drift_ppm}`);
  });
}

test('late and lost lines move the clock by less than 5 ms', async () => {
  const draw = new Random('clock.test');
  const { clock } = await clockOf({
    offset_us: -2_000_000,
    lines: (lines) =>
      lines
        .filter(() => draw.uniform() > 0.02)
        .map((line) => ({ ...line, mono_us: line.mono_us + Math.round(1500 * draw.exponential()) })),
  });
  assert.ok(Math.abs(clock.offset_s + 2 - 0.0015) < 0.005, `${clock.offset_s}`);
  assert.ok(clock.edges >= 16);
});

test('an instant meter’s clock is found to a part of its period', async () => {
  const { clock, findings } = await clockOf({ instant: true, offset_us: 700_000 }, { meter: 'instant' });
  assert.ok(Math.abs(clock.offset_s - 0.7) < 0.05, `${clock.offset_s}`);
  assert.is(findings.filter(({ severity }) => severity === 'refuse').length, 0);
});

test('an offset beyond clock_search refuses the session and says how to search further', async () => {
  const { measurements, clock, findings } = await aligned(makeSession({ offset_us: 90_000_000 }), {
    clock_search: '1 min',
  });
  assert.equal([measurements, clock], [[], []]);
  const refused = findings.filter(({ severity }) => severity === 'refuse');
  assert.is(refused.length, 1);
  assert.is(refused[0].check_id, '1');
  assert.match(String(refused[0].message), /none of the 2 sync bursts within ± 1 min.*align\.clock_search/);
});

test('without sync steps the rounds’ own edges tell the clock', async () => {
  const { clock, findings } = await clockOf({
    offset_us: -2_345_000,
    drift: 50e-6,
    rounds: (rounds) => rounds.filter(({ kind }) => kind !== 'sync'),
  });
  assert.ok(Math.abs(clock.offset_s + 2.345) < 0.005, JSON.stringify(clock));
  assert.is(clock.edges, 16);
  assert.is(findings.filter(({ severity }) => severity === 'refuse').length, 0);
});

test('without any rounds the session is refused', async () => {
  const { measurements, findings } = await aligned(makeSession({ rounds: () => [] }));
  assert.equal(measurements, []);
  assert.match(String(findings.find(({ severity }) => severity === 'refuse')!.message), /no rounds/);
});

test('rounds that repeat fit at several offsets: the clock cannot be told', async () => {
  const rounds = Array.from({ length: 120 }, (_, i) => {
    return { start_us: (10 + 7 * i) * 1e6, end_us: (15 + 7 * i) * 1e6, measurement_id: 'a' };
  });
  const at_us = Float64Array.from({ length: 5200 }, (_, i) => i * 170_000);
  const power_w = at_us.map((at) => (rounds.some(({ start_us, end_us }) => at > start_us && at <= end_us) ? 200 : 60));
  const database = await Database.open();
  const log = { at_us: makeVector(at_us), power_w: makeVector(power_w) };
  await database.insert('windows', new Table(log));
  const settings = { first_us: 0, last_us: 900e6, period_us: 170_000, instant: false, search_us: 60e6 };
  const clock = await fitClock(database, rounds, settings);
  database.close();
  assert.match(
    'refused' in clock ? clock.refused : '',
    /^the rounds repeat: offsets of .* s and -?7\.\d+ s fit alike: .*one_clock/,
  );
});

test('too few edges refuse the session', async () => {
  const first = (round: unknown): boolean => round === 1 || round === 2;
  const { findings } = await aligned(
    makeSession({ rounds: (rounds) => rounds.filter(({ kind, round }) => kind !== 'sync' || first(round)) }),
  );
  const [refused] = findings.filter(({ severity }) => severity === 'refuse');
  assert.match(String(refused.message), /only 4 sync edges.* 6 are needed/);
});

test('steps with long pauses between them are different bursts', () => {
  const step = (start_s: number) => ({ start_us: start_s * 1e6, end_us: (start_s + 3) * 1e6 });
  assert.equal(
    bursts([step(0), step(6), step(100), step(105)]).map((burst) => burst.length),
    [2, 2],
  );
});

test('a burst that is begun anew after a few seconds is another', () => {
  const short = (from_us: number) =>
    [0, 450_000, 900_000].map((at) => ({ start_us: from_us + at, end_us: from_us + at + 250_000 }));
  assert.equal(bursts([...short(0), ...short(7e6)]), [short(0), short(7e6)]);
});

test('two bursts that look alike are told apart by the offset that fits both', () => {
  const candidate = (offset_us: number, correlation = 0.98) => ({ offset_us, correlation });
  const early = { at_us: 0, candidates: [candidate(1_000_000), candidate(101_000_000, 0.99)] };
  const late = { at_us: 100e6, candidates: [candidate(-99_000_000, 0.99), candidate(1_010_000)] };
  assert.equal(coarseOffsets([early, late]), [1_000_000, 1_010_000]);
  assert.equal(coarseOffsets([early, { at_us: 100e6, candidates: [] }]), [101_000_000, null]);
  assert.equal(coarseOffsets([{ at_us: 0, candidates: [] }]), [null]);
});

test('where the log shows one burst only, it is not taken for the other', async () => {
  // The first burst ends at 647.25 s of the host's clock, the first round begins at 650.18 s.
  const hidden: Given = {
    offset_us: 3_000_000,
    lines: (lines) => lines.map((line) => (line.mono_us < 652e6 ? { ...line, real_power_w: standby_w } : line)),
  };
  const { clock } = await clockOf(hidden);
  assert.ok(Math.abs(clock.offset_s - 3) < 0.1, `${clock.offset_s}`);
  assert.is(clock.edges, 12);
});

test('a log without the pattern has no coarse offset', () => {
  const burst = [3, 9, 17].map((start_s) => ({ start_us: start_s * 1e6, end_us: (start_s + 4) * 1e6 }));
  const at_us = Float64Array.from({ length: 400 }, (_, i) => i * 170_000);
  assert.equal(candidates(burst, { at_us, power_w: new Float64Array(400).fill(100) }, 20e6), []);
  assert.equal(candidates(burst, { at_us: new Float64Array(0), power_w: new Float64Array(0) }, 20e6), []);
});

test('a robust line leaves outliers out, and knows less the further it reaches', () => {
  const x = Array.from({ length: 40 }, (_, i) => i);
  const y = x.map((at) => 5 + 0.25 * at + (at % 2 ? 0.01 : -0.01) + (at % 13 === 7 ? 30 : 0));
  const { intercept, slope, kept, standardError } = robustLine(x, y, 1e-9);
  assert.ok(Math.abs(intercept - 5) < 0.02 && Math.abs(slope - 0.25) < 0.001);
  assert.is(kept, 37);
  assert.ok(standardError(1000) > 20 * standardError(20));
  assert.is(medianDeviation([1, 2, 4, 8, 100]), 3);
});

test.run();
