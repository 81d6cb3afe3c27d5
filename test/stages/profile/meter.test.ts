import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../stages/energy/random.js';
import { defaultInstruments, idealInstruments, type Instruments } from '../../../stages/profile/instruments.js';
import { meterLog, silences, stepped, windowMeans } from '../../../stages/profile/meter.js';
import type { Schedule } from '../../../stages/profile/schedule.js';
import { meanOf, means, session } from './fixture.js';

const key = [1, 'session'];

/** Wall power at one instant, as the drawing at the head of schedule.ts has it. */
function wallPower({ steps, standby }: Schedule, at_us: number): number {
  const step = steps.find(({ start_us, end_us }) => start_us <= at_us && at_us < end_us);
  if (!step) return standby.wall_w;
  const phase = (2 * Math.PI * step.cycles * (at_us - step.start_us)) / (step.end_us - step.start_us);
  return step.wall_w * (1 + step.ripple * Math.sin(phase));
}

test('a line is the mean of its window: against a numerical integral', () => {
  const plan = session({ ...defaultInstruments, lead: 1 }, means.slice(0, 2), { round: 3, rounds: 2 });
  const [window_us, period_us] = [166_700, 170_000];
  const lines = windowMeans(plan, window_us, period_us);
  const points = 2000;
  // Ten points a millisecond: the error of an edge is at most half a point's part of the largest step.
  const tolerance_w = 300 / points;
  for (let k = 0; k < lines.length; k += 7) {
    const from_us = plan.first_us + (k + 1) * period_us - window_us;
    let sum = 0;
    for (let i = 0; i < points; i++) sum += wallPower(plan, from_us + ((i + 0.5) * window_us) / points);
    assert.ok(Math.abs(lines[k] - sum / points) < tolerance_w, `line ${k}: ${lines[k]} W, ${sum / points} W`);
  }
});

test('windows that overlap, and rounds shorter than a window, are integrated too', () => {
  const plan = session({ ...defaultInstruments, lead: 1, pause: 0.05 }, means.slice(0, 1), { round: 0.03, rounds: 9 });
  const lines = windowMeans(plan, 500_000, 170_000);
  const within = plan.steps.filter(({ kind }) => kind === 'round');
  const k = Math.floor((within[8].end_us - plan.first_us) / 170_000);
  const from_us = plan.first_us + (k + 1) * 170_000 - 500_000;
  let sum = 0;
  for (let i = 0; i < 50_000; i++) sum += wallPower(plan, from_us + (i + 0.5) * 10);
  assert.ok(Math.abs(lines[k] - sum / 50_000) < 0.01);
});

test('an ideal meter’s lines add up to the measured means', () => {
  const plan = session();
  const { mono_us, real_power_w, voltage_v, current_a } = meterLog(plan, idealInstruments, key);
  for (const { kind, start_us, end_us, repeats, measurement_id } of plan.steps) {
    if (kind !== 'round') continue;
    // Windows that straddle an edge: what lies outside the round is standby.
    let energy_uj = 0;
    for (let i = 1; i < mono_us.length; i++) {
      const [from_us, to_us] = [mono_us[i] - 170_000, mono_us[i]];
      if (to_us <= start_us || from_us >= end_us) continue;
      const outside_us = Math.max(0, start_us - from_us) + Math.max(0, to_us - end_us);
      energy_uj += real_power_w[i] * 170_000 - plan.standby.wall_w * outside_us;
    }
    const { wall_j } = means.find((mean) => mean.measurement_id === measurement_id)!;
    assert.ok(Math.abs(energy_uj / 1e6 / repeats / wall_j - 1) < 1e-9);
  }
  real_power_w.forEach((watts, i) => assert.ok(Math.abs(voltage_v[i] * current_a[i] - watts) < 1e-9));
});

test('values are printed in their steps', () => {
  assert.is(stepped(71.628, 0.01), 71.63);
  assert.is(stepped(2.0004, 0.001), 2);
  assert.is(stepped(1 / 3, 0), 1 / 3);
  assert.ok(Object.is(stepped(-0.2, 1), 0));
  const { voltage_v, current_a, real_power_w } = meterLog(session(defaultInstruments), defaultInstruments, key);
  for (let i = 0; i < 1000; i++) {
    assert.is(voltage_v[i], 120);
    assert.is(current_a[i], Number(current_a[i].toFixed(3)));
    assert.is(real_power_w[i], Number(real_power_w[i].toFixed(2)));
  }
});

test('stamps are the arrival on the meter’s clock: offset at the first host stamp, then drift', () => {
  const instruments: Instruments = {
    ...idealInstruments,
    clock_offset: -2.5,
    clock_drift: 80e-6,
    arrival_delay: 0.004,
  };
  const plan = session(instruments);
  const { mono_us, utc_us } = meterLog(plan, instruments, key);
  const delays = mono_us.map((stamp_us, k) => {
    const host_us = plan.first_us + (stamp_us - plan.first_us + 2.5e6) / (1 + 80e-6);
    return host_us - (plan.first_us + (k + 1) * 170_000);
  });
  const mean_us = delays.reduce((a, b) => a + b, 0) / delays.length;
  assert.ok(Math.abs(mean_us - 4000) < (4 * 4000) / Math.sqrt(delays.length), `mean delay ${mean_us} µs`);
  assert.ok(delays.every((delay_us) => delay_us > -1));
  assert.ok(utc_us.every((stamp_us, i) => stamp_us - mono_us[i] === utc_us[0] - mono_us[0]));
});

/** A day of one measurement, so that rare things happen often enough. */
const day = (instruments: Instruments): Schedule =>
  session(instruments, [meanOf('linear', 3.1789e-4, 301.7)], { round: 20, rounds: 3900 });

/** Four standard deviations about the mean of a binomial count. */
function assertCount(count: number, trials: number, share: number, what: string): void {
  const spread = 4 * Math.sqrt(trials * share * (1 - share));
  assert.ok(Math.abs(count - trials * share) <= spread, `${what}: ${count} of ${trials}, expected ${trials * share}`);
}

test('lines are lost, doubled and swapped as often as configured', () => {
  const instruments = { ...defaultInstruments, silences: 0 };
  const plan = day(instruments);
  const made = Math.floor((plan.last_us - plan.first_us) / 170_000);
  const { line, seq, mono_us, real_power_w } = meterLog(plan, instruments, key);
  assert.ok(made > 500_000);
  assert.ok(line.every((value, i) => value === i + 1));
  assertCount(made - new Set(seq).size, made, 0.001, 'lost');
  const doubled = seq.filter((value, i) => value === seq[i - 1]).length;
  assertCount(seq.length - new Set(seq).size, made, 0.0005, 'doubled');
  assert.is(doubled, seq.length - new Set(seq).size, 'a line that comes twice does so at once');
  assertCount(seq.filter((value, i) => value < seq[i - 1]).length, made, 0.0002, 'swapped');
  seq.forEach((value, i) => {
    if (value !== seq[i - 1]) return;
    assert.is(mono_us[i], mono_us[i - 1]);
    assert.is(real_power_w[i], real_power_w[i - 1]);
  });
});

test('noise is Gaussian of 0.3 % and each imperfection leaves the others’ draws alone', () => {
  const plan = day(defaultInstruments);
  const ideal = windowMeans(plan, 166_700, 170_000);
  const exact = { ...defaultInstruments, lines_lost: 0, lines_doubled: 0, lines_swapped: 0, silences: 0 };
  const noisy = meterLog(plan, { ...exact, power_step: 0 }, key).real_power_w;
  const relative = noisy.map((watts, k) => watts / ideal[k] - 1);
  const n = relative.length;
  const mean = relative.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(relative.reduce((sum, value) => sum + value ** 2, 0) / n);
  assert.ok(Math.abs(mean) < (4 * 0.003) / Math.sqrt(n));
  assert.ok(Math.abs(sd / 0.003 - 1) < 4 / Math.sqrt(2 * n));
  const lossy = meterLog(plan, defaultInstruments, key);
  const whole = meterLog(plan, exact, key);
  lossy.seq.forEach((seq, i) => {
    if (i % 1000 === 0) assert.is(lossy.real_power_w[i], whole.real_power_w[seq - 1]);
  });
});

test('three silences of one to five seconds, apart from each other and from the bursts', () => {
  for (let seed = 0; seed < 200; seed++) {
    const plan = session(defaultInstruments, [...means, ...means]);
    const silent = silences(plan, 3, new Random(seed));
    const rounds = plan.steps.filter(({ kind }) => kind === 'round');
    assert.is(silent.length, 3);
    silent.forEach(({ from_us, to_us }, i) => {
      assert.ok(to_us - from_us >= 1e6 && to_us - from_us <= 5e6);
      assert.ok(from_us >= rounds[0].start_us && to_us <= rounds.at(-1)!.end_us);
      if (i > 0) assert.ok(from_us > silent[i - 1].to_us);
    });
  }
});

test('during a silence no line arrives, and the numbers go on', () => {
  const instruments = { ...defaultInstruments, lines_lost: 0, lines_doubled: 0, lines_swapped: 0 };
  const { seq, mono_us } = meterLog(session(instruments), instruments, key);
  const holes = [...seq.keys()].filter((i) => i > 0 && seq[i] - seq[i - 1] > 1);
  assert.is(holes.length, 3);
  for (const i of holes) {
    const gap_s = (mono_us[i] - mono_us[i - 1]) / 1e6;
    assert.ok(gap_s > 1 && gap_s < 5.5);
    assert.is(seq[i] - seq[i - 1], Math.round(gap_s / 0.17));
  }
});

test.run();
