/** Every live check has a fixture that trips it, and one like it that does not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import type { GpuSample, HostSample, PowerLine } from '../../../../stages/energy/benches/live/instruments.js';
import { type Broken, findingOf, liveChecks } from '../../../../stages/profile/live/checks.js';
import * as idle from '../../../../stages/profile/live/idle_checks.js';
import { gpuEnergy_j, judgeRound, notAlike, type RoundSeen } from '../../../../stages/profile/live/round_checks.js';

const period_us = 170_000;
const stamps = Array.from({ length: 121 }, (_, i) => i * period_us);
const power = (of: (at: number) => Partial<PowerLine> = () => ({})): PowerLine[] =>
  stamps.map((mono_us, i) => ({ mono_us, seq: i, power_w: 150 + (i % 2), current_a: 1.2, ...of(i) }));
const host = (of: (at: number) => Partial<HostSample> = () => ({})): HostSample[] =>
  stamps.map((mono_us, i) => {
    const clocks = { mono_us, utc_us: mono_us + 1e15, raw_us: mono_us };
    return { ...clocks, cpu_busy_ticks: 0, cpu_total_ticks: 340 * i, ...of(i) };
  });
const gpu = (of: (at: number) => Partial<GpuSample> = () => ({})): GpuSample[] =>
  stamps.map((mono_us, i) => {
    const told = { gpu_energy_uj: i, gpu_power_mw: 80_000, gpu_clk_mhz: 1500, gpu_temperature_c: 40 };
    return { mono_us, ...told, throttle_bits: 0, ...of(i) };
  });

const seen = (changed: Partial<RoundSeen> = {}): RoundSeen => ({
  start_us: 100_000,
  end_us: 20_100_000,
  repeats: 100,
  power: power(),
  host: host(),
  gpu: gpu(),
  hasGpu: true,
  meterPeriod_us: period_us,
  meterRange_a: 10,
  resourcePeriod_us: period_us,
  standby_w: 75,
  users: [],
  ...changed,
});

const resting = (changed: Partial<idle.Idle> = {}): idle.Idle => ({
  seconds: 20,
  metered: true,
  power: power(() => ({ power_w: 75 })),
  host: host(),
  own_cpu_us: 0,
  threads: 20,
  ...changed,
});

const one = (found: Broken | null): Broken[] => (found ? [found] : []);
const rounds = (...of: readonly (readonly [latency_s: number, energy_j: number])[]) =>
  one(notAlike(of.map(([latency_s, energy_j]) => ({ latency_s, scope: 'wall', energy_j }))));

/** By check: what trips it. Those that a session tells itself are in session.test.ts. */
const fixtures: Partial<Record<keyof typeof liveChecks, () => readonly Broken[]>> = {
  clockStep_ms: () => judgeRound(seen({ host: host((i) => (i > 60 ? { utc_us: i * period_us + 1e15 + 6000 } : {})) })),
  clockSlew_ppm: () => judgeRound(seen({ host: host((i) => ({ utc_us: Math.round(i * period_us * 1.0002) + 1e15 })) })),
  gapIntervals: () => judgeRound(seen({ power: power(() => ({ seq: null })).filter((_, i) => i < 60 || i > 63) })),
  linesMissing: () => judgeRound(seen({ power: power((i) => ({ seq: i > 60 ? i + 4 : i })) })),
  lines: () => judgeRound(seen({ end_us: 10_000_000, power: power().slice(0, 60) })),
  rangeHigh_pct: () => judgeRound(seen({ meterRange_a: 1.3 })),
  cpuLoad_pct: () => one(idle.notIdle(resting({ host: host((i) => ({ cpu_busy_ticks: i })) }), 75, 0.1)),
  standby_w: () => one(idle.notIdle(resting({ power: power(() => ({ power_w: 76.1 })) }), 75, 0.1)),
  standbyDrift_pct: () => one(idle.standbyDrift(75, 76, 1)),
  startTemperature_c: () => one(idle.tooHot(gpu(() => ({ gpu_temperature_c: 43 }))[0], 40)),
  variation_pct: () => rounds([0.1, 10], [0.1, 10.3], [0.1, 10]),
  drift_pct: () => rounds([0.1, 10], [0.106, 10], [0.1, 10]),
  throttled: () => judgeRound(seen({ gpu: gpu((i) => ({ throttle_bits: i === 60 ? 0x20 : 0 })) })),
  powerCap_pct: () => judgeRound(seen({ gpu: gpu((i) => ({ throttle_bits: i === 60 ? 0x4 : 0 })) })),
  gpuIdle_pct: () => judgeRound(seen({ gpu: gpu((i) => ({ throttle_bits: i % 10 === 0 ? 0x1 : 0 })) })),
  clockVariation_pct: () => judgeRound(seen({ gpu: gpu((i) => ({ gpu_clk_mhz: i % 2 ? 1500 : 1400 })) })),
  aboveWall: () => judgeRound(seen({ gpu: gpu(() => ({ gpu_power_mw: 160_000 })) })),
  ofStandby: () => judgeRound(seen({ standby_w: 170 })),
  exclusive: () => one(idle.notAlone([{ uuid: 'GPU-0', pid: 4711, name: 'python' }])),
};

test('each check has a fixture, or is one that a session tells', () => {
  const bySession = ['warmUpRuns', 'round_s', 'ran', 'instruments', 'meter'];
  assert.equal([...Object.keys(fixtures), ...bySession].sort(), Object.keys(liveChecks).sort());
});

for (const [name, fixture] of Object.entries(fixtures)) {
  test(`${name} is tripped by its fixture, and by it alone`, () => {
    const { check, source } = liveChecks[name as keyof typeof liveChecks];
    const found = fixture();
    assert.equal(
      found.map((broken) => [broken.check.check, broken.check.source]),
      [[check, source]],
      found.map(({ message }) => message).join('; '),
    );
    const { value, limit } = findingOf(found[0], 'a measurement');
    assert.ok(value !== null && limit !== null && value !== limit, 'the value is told beside its limit');
  });
}

test('the guide says of each check what it protects from', () => {
  const guide = readFileSync(join(packageRoot, 'stages', 'profile', 'live', 'README.md'), 'utf8');
  const listed = [...guide.matchAll(/^\| `?(\w+)`? \| .*\|$/gm)].map(([, id]) => id);
  const ids = new Set<string>(Object.values(liveChecks).map(({ check }) => check));
  assert.equal([...ids].filter((id) => !listed.includes(id)), []); // prettier-ignore
});

test('a round, an idle machine and rounds that are as they should be trip nothing', () => {
  assert.equal(judgeRound(seen()), []);
  assert.is(idle.notIdle(resting(), 75, 0.1), null);
  assert.is(idle.notIdle(resting({ power: power(() => ({ power_w: 75.9 })) }), 75, 0.1), null);
  assert.is(idle.standbyDrift(75, 75.5, 1), null);
  assert.is(idle.tooHot(gpu()[0], 38), null);
  assert.is(idle.tooHot(undefined, 38), null, 'a GPU that tells no temperature is not held against one');
  assert.is(idle.notAlone([]), null);
  assert.equal(rounds([0.1, 10], [0.1, 10.1], [0.1, 10]), []);
});

test('two lines lost in a row pass, and so do three of a round', () => {
  assert.equal(judgeRound(seen({ power: power().filter((_, i) => i < 60 || i > 61) })), []);
  assert.equal(judgeRound(seen({ power: power().filter((_, i) => ![20, 60, 90].includes(i)) })), []);
});

test('lines that were read at once count as one, as they do when the logs are joined', () => {
  const few = (of: readonly PowerLine[]) => judgeRound(seen({ power: of })).filter(({ check }) => check.check === '5');
  const batches = power((i) => ({ mono_us: (i - (i % 3)) * period_us }));
  assert.equal(few(power()), []);
  assert.is(few(batches)[0].value, 39);
});

test('a round is told as silent where an instrument began late, ended early or never spoke', () => {
  const silent = (changed: Partial<RoundSeen>) => judgeRound(seen(changed)).filter(({ check }) => check.check === '4');
  assert.match(silent({ host: [] })[0].message, 'resource logger was silent');
  assert.match(silent({ host: host().slice(0, 100) })[0].message, 'resource logger was silent');
  assert.match(silent({ gpu: gpu().slice(10) })[0].message, "GPU's driver was silent");
  assert.equal(silent({ gpu: [], hasGpu: false }), [], 'without a GPU nothing is expected of it');
  const failing = gpu((i) => (i >= 40 && i < 50 ? { gpu_power_mw: null, gpu_energy_uj: null } : {}));
  assert.match(silent({ gpu: failing })[0].message, "GPU's driver was silent", 'readings that failed tell nothing');
  const blind = gpu(() => ({ gpu_power_mw: null, gpu_energy_uj: null }));
  assert.equal(silent({ gpu: blind }), [], 'a GPU without a power sensor is not silent');
});

test('without a meter nothing is held against one, and the machine is still to be idle and alone', () => {
  const unmetered = { power: [], meterPeriod_us: null, meterRange_a: null, standby_w: null };
  assert.equal(judgeRound(seen(unmetered)), []);
  const throttled = gpu((i) => ({ throttle_bits: i === 60 ? 0x20 : 0 }));
  assert.equal(judgeRound(seen({ ...unmetered, gpu: throttled })).map(({ check }) => check.check), ['19']); // prettier-ignore
  const idling = resting({ power: [], metered: false });
  assert.is(idle.notIdle(idling, null, 0.1), null);
  assert.ok(idle.notIdle({ ...idling, host: host((i) => ({ cpu_busy_ticks: i })) }, null, 0.1));
});

test('the GPU’s energy of a run is that of its counter, else of its power, and none where samples lack', () => {
  const counted = gpu((i) => ({ gpu_energy_uj: i * period_us * 80 }));
  const power_w = gpu(() => ({ gpu_energy_uj: null }));
  for (const samples of [counted, power_w]) {
    assert.ok(Math.abs(gpuEnergy_j(seen({ gpu: samples }))! / ((80 * 20) / 100) - 1) < 1e-9);
  }
  assert.is(gpuEnergy_j(seen({ gpu: counted.slice(5) })), null);
  assert.is(gpuEnergy_j(seen({ gpu: gpu(() => ({ gpu_energy_uj: null, gpu_power_mw: null })) })), null);
});

test('our own processes are no load of others', () => {
  const busy = resting({ host: host((i) => ({ cpu_busy_ticks: i })) });
  assert.ok(idle.notIdle(busy, 75, 0.1));
  assert.is(idle.notIdle({ ...busy, own_cpu_us: 1.2e6 }, 75, 0.1), null);
});

test('a machine is not called idle where its instruments tell nothing', () => {
  assert.match(idle.notIdle(resting({ power: [] }), 75, 0.1)?.message ?? '', 'meter told nothing');
  assert.match(idle.notIdle(resting({ host: [] }), 75, 0.1)?.message ?? '', 'logger told nothing');
});

test.run();
