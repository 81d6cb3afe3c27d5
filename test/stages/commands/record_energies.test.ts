/** Joules of `pipeline record` from logs whose truth is known: edges, standby, instants, counters, volt-amperes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromRows } from '../../../pipeline/rows.js';
import {
  type Energies,
  energiesOf,
  isKnown,
  type Recorded,
  type WallEnergy,
} from '../../../stages/commands/record/energies.js';
import { quantity } from '../../../stages/commands/record/text.js';
import { ofMean, together, within } from '../../../stages/commands/record/uncertainty.js';
import { nothingRead, type Reading } from '../../../stages/energy/meters/reading.js';
import { identityOf, meterSettings } from '../../../stages/energy/meters/settings.js';
import { resources } from '../../../stages/profile/tables.js';

const standby_w = 60;
const load_w = 200;
const gpu_w = 120;
const cpu_w = 30;
const program = { start_us: 20_050_000, end_us: 50_120_000 };
const before = { start_us: 5_000_000, end_us: 15_000_000 };
const program_s = (program.end_us - program.start_us) / 1e6;

/** Mean power between two moments of a load that begins and ends with the program. */
function meanWatts(from_us: number, to_us: number): number {
  const inside = Math.max(0, Math.min(to_us, program.end_us) - Math.max(from_us, program.start_us));
  return standby_w + ((load_w - standby_w) * inside) / (to_us - from_us);
}

interface Given {
  readonly settings?: object;
  readonly reading?: (watts: number) => Partial<Reading>;
  readonly stated_w?: number;
  readonly standby?: boolean;
  readonly rapl?: boolean;
  readonly until_us?: number;
}

function recorded({
  settings,
  reading = (real_power_w) => ({ real_power_w }),
  stated_w,
  standby = false,
  rapl = true,
  until_us = 60e6,
}: Given): Recorded {
  // prettier-ignore
  const identity = identityOf(meterSettings.parse({ type: 'emonlib', port: 'x', period: '170 ms', ...settings }));
  const { period_us, kind } = identity;
  const samples = Array.from({ length: Math.floor(until_us / period_us) }, (_, i) => {
    const mono_us = (i + 1) * period_us;
    const watts = kind === 'window' ? meanWatts(mono_us - period_us, mono_us) : meanWatts(mono_us - 1, mono_us);
    return { mono_us, utc_us: mono_us, reading: { ...nothingRead, seq: i, ...reading(watts) } };
  });
  const rows = Array.from({ length: 350 }, (_, i) => {
    const mono_us = (i + 1) * 170_000;
    const uj = (watts: number): number => Math.round(watts * mono_us);
    const counters = { cpu_energy_uj: rapl ? uj(cpu_w) : null, dram_energy_uj: null, gpu_energy_uj: uj(gpu_w) };
    const cpu = { cpu_busy_ticks: 10 * i, cpu_total_ticks: 100 * i, mem_total_kib: 1000, mem_available_kib: 800 };
    const gpu = { gpu_pct: 90, gpu_mem_pct: 40, gpu_mem_used_kib: null, gpu_clk_mhz: 1700, gpu_mem_clk_mhz: 4000, gpu_power_w: null, gpu_temperature_c: null, throttle_bits: 0 }; // prettier-ignore
    return { mono_us, ...cpu, ...counters, ...gpu };
  });
  const device = { kind: 'device', gpu: 0, uuid: 'GPU-0', name: 'a GPU', driver: '1' } as const;
  return {
    logs: { meter: { identity, samples }, resourcePeriod_us: 170_000, threads: 20 },
    gpus: [{ device, resources: fromRows(resources, rows) }],
    program,
    standby: standby ? before : null,
    stated_w: stated_w ?? null,
  };
}

const wallOf = ({ wall }: Energies): WallEnergy => {
  assert.ok(wall && 'energy_j' in wall, JSON.stringify(wall));
  return wall as WallEnergy;
};

const near = (found: number | null, expected: number, relative: number, what: string): void =>
  assert.ok(
    found !== null && Math.abs(found - expected) <= relative * expected,
    `${what}: ${found}, expected ${expected}`,
  );

test('a window meter: the step rule gives the load’s joules to 1e-9, and the edges their uncertainty', async () => {
  const energies = await energiesOf(recorded({ standby: true }));
  const wall = wallOf(energies);
  near(wall.energy_j, load_w * program_s, 1e-9, 'wall');
  near(wall.net_j, (load_w - standby_w) * program_s, 1e-9, 'above standby');
  near(wall.standby!.power_w, standby_w, 1e-9, 'standby');
  assert.ok(wall.u_j > 0 && wall.u_j < 0.005 * wall.energy_j);
  assert.is(wall.meter_uncertainty_pct, null);
  assert.equal(energies.findings, []);
});

test('GPU and CPU by their counters, interpolated at the edges', async () => {
  const { gpus, cpu_j, dram_j, means } = await energiesOf(recorded({ standby: true }));
  const [gpu] = gpus.filter(isKnown);
  near(gpu.energy_j, gpu_w * program_s, 1e-6, 'GPU');
  assert.is(gpu.from, 'energy counter');
  assert.ok(Math.abs(gpu.net_j!) < 1e-6 * gpu.energy_j, 'its standby is the same');
  near(gpu.u_j, together(within(0.05) * gpu.energy_j, within(gpu_w * 0.17), within(gpu_w * 0.17)), 1e-9, 'of the GPU');
  near(cpu_j, cpu_w * program_s, 1e-6, 'CPU');
  assert.is(dram_j, null);
  near(means.cpu_pct, 10, 1e-9, 'CPU load');
  assert.is((await energiesOf(recorded({ rapl: false }))).cpu_j, null, 'absent is null');
});

test('what the owner states of the meter is in the uncertainty, of what is left above standby too', async () => {
  const wall = wallOf(await energiesOf(recorded({ settings: { uncertainty: '2 %' }, stated_w: standby_w })));
  near(wall.u_j, 0.02 * wall.energy_j, 0.01, 'meter');
  near(wall.net_u_j, 0.02 * wall.net_j!, 0.01, 'its scale is off for both');
  assert.is(wall.standby!.how, 'stated');
});

test('an instant meter samples: what lies between is uncertain', async () => {
  let i = 0;
  const ripple = (watts: number) => ({ real_power_w: watts + (watts > standby_w ? 20 * (-1) ** i++ : 0) });
  const wall = wallOf(await energiesOf(recorded({ settings: { kind: 'instant', period: '1 s' }, reading: ripple })));
  assert.ok(Math.abs(wall.energy_j - load_w * program_s) < 2 * 2 * wall.u_j, `${wall.energy_j} ± ${wall.u_j}`);
  near(wall.u_j, (20 / Math.sqrt(30)) * program_s, 0.5, 'ripple over the root of the lines');
});

test('volts and amperes alone are volt-amperes, and labelled', async () => {
  const va = (watts: number) => ({ voltage_v: 120, current_a: watts / 120 });
  const wall = wallOf(await energiesOf(recorded({ reading: va })));
  assert.is(wall.kind, 'apparent');
});

test('a log that ends too early has no joules', async () => {
  const { wall, findings } = await energiesOf(recorded({ until_us: 40e6 }));
  assert.match((wall as { why: string }).why, /^the meter tells nothing of 1\d\.\d\d s of 30\.07 s$/);
  assert.ok(findings.some(({ check_id }) => check_id === '4'));
});

test('standby that the meter did not see is not subtracted, and that is told', async () => {
  const whole = recorded({ standby: true });
  const { samples, identity } = whole.logs.meter!;
  const seen = samples.filter(({ mono_us }) => mono_us < 8e6 || mono_us > 10e6);
  const energies = await energiesOf({ ...whole, logs: { ...whole.logs, meter: { identity, samples: seen } } });
  assert.is(wallOf(energies).net_j, null);
  assert.ok(energies.findings.some(({ subject, message }) => subject.startsWith('standby') && /tells nothing/.test(message))); // prettier-ignore
});

test('uncertainties: of a mean, together, within', () => {
  assert.is(ofMean([5]), 0);
  assert.is(ofMean([1, 3]), 1);
  assert.is(together(3, 4), 5);
  near(within(-3), Math.sqrt(3), 1e-12, 'within');
});

test('figures have the digits of their uncertainty', () => {
  assert.is(quantity(123.456, 0.61, 'J'), '123.5 ± 1.2 J');
  assert.is(quantity(12345.6, 61, 'J'), '12.35 ± 0.12 kJ');
  assert.is(quantity(1234, 61, 'J'), '1234 ± 122 J');
  assert.is(quantity(60, 0, 'W'), '60.00 W');
  assert.is(quantity(-1e-9, 1e-9, 'J'), '0.00 J');
});

test.run();
