import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toRows } from '../../../pipeline/rows.js';
import { clockFits } from '../../../stages/align/checks.js';
import { aligned, type Given, type Line, makeSession, wall_w } from './session.js';

interface Look {
  /** Findings that are more than told, as `check severity subject`. */
  readonly broken: string[];
  /** The findings of one check, as `severity: message`. */
  readonly told: (check: string) => string[];
  readonly measurements: Awaited<ReturnType<typeof aligned>>['measurements'];
}

async function look(given: Given, params = {}): Promise<Look> {
  const { findings, measurements } = await aligned(makeSession(given), params);
  const broken = findings.filter(({ severity }) => severity !== 'info');
  return {
    broken: broken.map(({ check_id, severity, subject }) => `${check_id} ${severity} ${subject}`).sort(),
    told: (check) =>
      findings
        .filter(({ check_id }) => check_id === check)
        .map(({ severity, message }) => `${severity}: ${message}`)
        .sort(),
    measurements,
  };
}

const broken = async (given: Given, params = {}): Promise<string[]> => (await look(given, params)).broken;

const startOfA1 = toRows(makeSession().rounds).find(({ kind }) => kind === 'round')!.start_us as number;

/** Whether a line lies wholly in the first round of `a`, as one of `count` from the `from`th on. */
const inA1 = (line: Line, from: number, count: number): boolean => {
  const place = Math.floor((line.mono_us - startOfA1) / 170_000) - 1;
  return place >= from && place < from + count;
};

test('a sound session breaks no check, and its energies are the true ones', async () => {
  const { broken, measurements } = await look({});
  assert.equal(broken, []);
  assert.is(measurements.length, 8);
  for (const { measurement_id, wall_j, gpu_j, latency_s, excluded, excluded_by } of measurements) {
    const true_j = wall_w[String(measurement_id)] * 1e-3;
    assert.ok(Math.abs(Number(wall_j) / true_j - 1) < 1e-9);
    assert.ok(Math.abs(Number(gpu_j) / (0.6 * true_j) - 1) < 1e-9);
    assert.is(latency_s, 1e-3);
    assert.equal([excluded, excluded_by], [false, null]);
  }
});

test('every check of a session is told, with its source', async () => {
  const { findings } = await aligned(makeSession());
  const checks = new Set(findings.map(({ check_id }) => String(check_id)));
  assert.equal([...checks].sort(), ['1', '12', '3', '4', '6', '7', '8']);
  for (const { source, subject } of findings) assert.ok(source && subject);
});

test('1: edges that do not lie on a line refuse the session', async () => {
  const shaken = (lines: Line[]): Line[] =>
    lines.map((line) => ({ ...line, mono_us: line.mono_us + 60_000 * ((3 * Math.floor(line.mono_us / 5e6)) % 5) }));
  assert.ok((await broken({ lines: shaken })).includes('1 refuse s'));
});

test('1: a clock that is not known at the session’s ends refuses it', () => {
  const clock = { offset_s: 0, drift_ppm: 0, residual_ms: 1, edges: 40, reach_ms: 39 };
  const severities = (of: typeof clock) => clockFits('s', of).map(({ severity }) => severity);
  assert.equal(severities(clock), ['info', 'info', 'info']);
  assert.equal(severities({ ...clock, reach_ms: 41 }), ['info', 'refuse', 'info']);
  assert.equal(severities({ ...clock, residual_ms: 41 }), ['refuse', 'info', 'info']);
  assert.equal(severities({ ...clock, drift_ppm: -501 }), ['info', 'info', 'refuse']);
});

test('1: a meter whose clock was set between the bursts refuses, though the bursts fit a line', async () => {
  const set = (by_us: number, part: number) => ({
    count: 40,
    lines: (lines: Line[]) =>
      lines.map((line, i) => (i < part * lines.length ? line : { ...line, mono_us: line.mono_us + by_us })),
  });
  const refusals = async (given: Given): Promise<string[]> => {
    const { findings } = await aligned(makeSession(given));
    return findings
      .filter(({ severity }) => severity === 'refuse')
      .map(({ check_id, message }) => `${check_id}: ${message}`);
  };
  assert.equal(await refusals(set(0, 0.5)), []);
  for (const [by_us, part] of [
    [400_000, 0.5],
    [-400_000, 0.3],
    [150_000, 0.7],
  ]) {
    const refused = await refusals(set(by_us, part));
    assert.is(refused.length, 1, `${by_us}`);
    assert.match(
      refused[0],
      /1: of \d+ edges of rounds those .* min after the session began are furthest off .* was a clock set\?/,
    );
  }
  const [drift, ...others] = await refusals({ drift: 600e-6 });
  assert.match(drift, /1: the meter's clock runs off by 600\.\d ppm/);
  assert.equal(others, []);
});

test('3: an interval that is not the stated one warns', async () => {
  assert.equal(await broken({ session: { resource_period_us: 150_000 } }), ['3 warn s']);
  const { told } = await look({ session: { meter_period_us: 180_000 } });
  assert.is(told('3')[1], 'warn: power meter: median interval 170 ms, nominal 180 ms');
});

test('4: a silence excludes the round, which stays in the data without an energy', async () => {
  const given: Given = { lines: (lines) => lines.filter((line) => !inA1(line, 20, 4)) };
  const { broken, measurements } = await look(given);
  assert.equal(broken, ['4 exclude a round 1']);
  const [round, next] = measurements;
  assert.equal([round.excluded, round.excluded_by, round.wall_j, round.wall_vi_j], [true, '4', null, null]);
  assert.is(round.lines_missing, 4);
  assert.ok(Math.abs(Number(round.gap_s) - 5 * 0.17) < 1e-9);
  assert.ok(Math.abs(Number(round.covered_s) + Number(round.gap_s) - 12) < 1e-9);
  assert.equal([next.excluded, next.gap_s, next.lines_missing], [false, 0, 0]);
});

test('4: the longest silence is max_gap; two lines lost in a row pass', async () => {
  const two: Given = { lines: (lines) => lines.filter((line) => !inA1(line, 20, 2)) };
  assert.equal(await broken(two), []);
  assert.equal(await broken(two, { max_gap: '400 ms' }), ['4 exclude a round 1']);
});

test('4: more than three lines lost one by one exclude the round', async () => {
  const lost = (count: number): Given => ({
    lines: (lines) => lines.filter((line) => !Array.from({ length: count }, (_, i) => 9 * i + 5).some((at) => inA1(line, at, 1))), // prettier-ignore
  });
  const three = await look(lost(3));
  assert.equal(three.broken, []);
  assert.is(three.measurements[0].lines_missing, 3);
  assert.equal(await broken(lost(4)), ['4 exclude a round 1']);
});

test('4: where more than 1 % of a session’s lines lack, a round that lacks one is excluded', async () => {
  const lead = (line: Line): boolean => line.mono_us > 601e6 && line.mono_us < 605e6;
  const given: Given = { lines: (lines) => lines.filter((line) => !lead(line) && !inA1(line, 20, 1)) };
  assert.equal(await broken(given), ['4 exclude a round 1', '4 warn s']);
});

test('4: a round in which the GPU’s power is not known is excluded', async () => {
  const silent = (from_s: number, to_s: number): Given => ({
    samples: (samples) =>
      samples.filter(({ mono_us }) => mono_us < startOfA1 + from_s * 1e6 || mono_us > startOfA1 + to_s * 1e6),
  });
  assert.equal(await broken(silent(3, 4)), ['4 exclude a round 1']);
  assert.equal(await broken(silent(3, 3.3)), []);
});

test('5: a round of fewer than 60 lines refuses', async () => {
  assert.equal(await broken({ round_us: 9_000_000 }), [
    ...[1, 2, 3, 4].map((round) => `5 refuse a round ${round}`),
    ...[1, 2, 3, 4].map((round) => `5 refuse b round ${round}`),
    'rounds_left refuse a',
    'rounds_left refuse b',
  ]);
});

test('6: repeated lines do not count; repeated values only where noise makes them improbable', async () => {
  const twice = await look({ lines: (lines) => lines.flatMap((line) => [line, line]) });
  assert.match(twice.told('6')[0], /^info: (\d+) different lines of \1; \1 came twice$/);
  const every: Given = { lines: (lines) => lines.filter((_, i) => i % 4 !== 0) };
  assert.ok((await broken(every)).includes('6 warn s'));
  assert.equal(await broken({ session: { meter_noisy: false } }), []);
  assert.equal(await broken({ session: { meter_noisy: true } }), ['6 warn s']);
});

for (const [what, spoilt] of [
  ['NaN', { real_power_w: NaN }],
  ['−1 A', { current_a: -1 }],
  ['negative W', { real_power_w: -3 }],
] as const) {
  test(`7: ${what} is counted, not used, and excludes its round`, async () => {
    const given: Given = { lines: (lines) => lines.map((line) => (inA1(line, 30, 1) ? { ...line, ...spoilt } : line)) };
    const { broken, told, measurements } = await look(given);
    assert.equal(broken, ['7 exclude a round 1']);
    assert.match(told('7')[1], /^info: 1 lines with invalid/);
    const [round] = measurements;
    assert.ok(Math.abs(Number(round.wall_j) - 0.2) < 1e-9);
    assert.is(round.lines_missing, 0);
  });
}

test('7: an invalid line between rounds excludes nothing', async () => {
  const given: Given = { lines: (lines) => lines.map((line, i) => (i === 10 ? { ...line, real_power_w: NaN } : line)) };
  assert.equal(await broken(given), []);
});

test('8: a current outside 10–90 % of the range refuses, a peak held at its end warns; unknown is not stated', async () => {
  assert.equal(await broken({ session: { meter_range_a: 1.7 } }), ['8 refuse s', '8 warn s']);
  assert.equal(await broken({ session: { meter_range_a: 20 } }), ['8 refuse s']);
  assert.match((await look({ session: { meter_range_a: null } })).told('8')[0], /^info: not stated/);
});

test('12: energy that is V·I is labelled', async () => {
  const apparent: Given = {
    lines: (lines) => lines.map((line) => ({ ...line, real_power_w: null, power_factor: null })),
  };
  const label = (await look(apparent)).told('12');
  assert.match(label[0], /^info: \d+ lines tell no real power: their energy is V·I \(VA·s\)$/);
  const { told, measurements } = await look({
    lines: (lines) => lines.map((line) => ({ ...line, real_power_w: null, power_factor: 0.5 })),
    session: { standby_w: null },
  });
  assert.is(told('12')[0], 'info: real power, its power factor measured');
  const [{ wall_j, wall_vi_j }] = measurements;
  assert.ok(Math.abs(Number(wall_j) - 0.1) < 1e-9);
  assert.ok(Math.abs(Number(wall_vi_j) - 0.2) < (2 * 0.2 * 0.17) / 12, 'to a line at each edge');
});

test('17: an energy that varies by 1 % over the rounds excludes the measurement', async () => {
  const varied = (by: number): Given => ({ power: (name, round) => wall_w[name] * (name === 'b' && round === 2 ? 1 + by : 1) }); // prettier-ignore
  assert.equal(await broken(varied(0.015)), []);
  const { broken: found, measurements } = await look(varied(0.025));
  assert.equal(found, ['17 exclude b', 'rounds_left refuse b']);
  assert.equal(
    measurements.map(({ excluded_by }) => excluded_by),
    [null, null, null, null, '17', '17', '17', '17'],
  );
});

test('18: a latency that differs by more than 5 % between rounds refuses', async () => {
  const longer = (by: number): Given => ({
    length: (name, round) => Math.round(12e6 * (name === 'a' && round === 3 ? 1 + by : 1)),
    power: (name, round) => wall_w[name] / (name === 'a' && round === 3 ? 1 + by : 1),
  });
  assert.equal(await broken(longer(0.04)), []);
  assert.equal(await broken(longer(0.06)), ['18 refuse a', 'rounds_left refuse a']);
});

test('24: a GPU that takes more than the wall gives refuses, and so does less than standby', async () => {
  const hungry: Given = { samples: (samples) => samples.map((sample) => ({ ...sample, gpu_power_w: 2 * sample.gpu_power_w! })) }; // prettier-ignore
  assert.equal((await broken(hungry)).filter((line) => line.startsWith('24')).length, 8);
  assert.equal((await broken({ session: { standby_w: 170 } })).filter((line) => line.startsWith('24')), [1, 2, 3, 4].map((round) => `24 refuse b round ${round}`)); // prettier-ignore
  assert.match((await look({ session: { standby_w: null } })).told('24')[0], /^info: not stated: standby power/);
});

test('24: a bench without a GPU is told; its rounds have no GPU energy', async () => {
  const none: Given = { samples: (samples) => samples.map((sample) => ({ ...sample, gpu_power_w: null })) };
  const { broken, told, measurements } = await look(none);
  assert.equal(broken, []);
  assert.equal(told('24'), ['info: not stated: power of the GPU']);
  assert.equal([measurements[0].gpu_j, measurements[0].cpu_pct], [null, 10]);
});

test('a meter that is read as what it is not warns', async () => {
  assert.ok((await broken({}, { meter: 'instant' })).includes('meter_kind warn s'));
});

test('a measurement left with two rounds refuses', async () => {
  const silent = (line: Line): boolean => inA1(line, 20, 5) || inA1({ ...line, mono_us: line.mono_us - 14e6 }, 20, 5);
  const found = await broken({ lines: (lines) => lines.filter((line) => !silent(line)) });
  assert.equal(
    found.filter((line) => !line.startsWith('4')),
    ['rounds_left refuse a'],
  );
});

test.run();
