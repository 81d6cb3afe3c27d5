/**
 * A small session whose true energies are known: two measurements in four rounds each between two sync bursts, every
 * power constant, the meter a perfect one. A test takes it as it is or spoils a part of it.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import { fromRows, toRows } from '../../../pipeline/rows.js';
import { run } from '../../../stages/align/run.js';
import { alignParams } from '../../../stages/align/stage.js';
import { power, resources, rounds, session } from '../../../stages/profile/tables.js';
import { fakeContext } from '../context.js';

type Row<Schema extends { columns: object }> = Record<
  keyof Schema['columns'] & string,
  string | number | boolean | null
>;
export type Round = Row<typeof rounds> & { start_us: number; end_us: number };
export type Line = Row<typeof power> & { seq: number; mono_us: number; current_a: number; real_power_w: number | null };
export type Sample = Row<typeof resources> & { mono_us: number; gpu_power_w: number | null };

/** Wall and GPU power of the two measurements and of the burst's steps; in between there is standby. */
export const wall_w: Readonly<Record<string, number>> = { a: 200, b: 150, burst: 180 };
export const standby_w = 60;
export const gpuShare = 0.6;
const idleGpu_w = 10;
const first_us = 600_000_000;
const volts = 120;

export interface Given {
  readonly period_us?: number;
  readonly instant?: boolean;
  readonly offset_us?: number;
  readonly drift?: number;
  readonly round_us?: number;
  /** Rounds of each measurement, four unless said. */
  readonly count?: number;
  /** A power of a measurement's round that differs from `wall_w`. */
  readonly power?: (measurement: string, round: number) => number;
  /** The length of a round that differs from `round_us`; its runs stay the same. */
  readonly length?: (measurement: string, round: number) => number;
  readonly rounds?: (rounds: Round[]) => Round[];
  readonly lines?: (lines: Line[]) => Line[];
  readonly samples?: (samples: Sample[]) => Sample[];
  readonly session?: Partial<Row<typeof session>>;
}

const burst_ms = [3170, 2530, 4730, 3790, 2290, 4310, 3910, 2110, 2630, 3370, 4410, 2930];

interface Load {
  readonly start_us: number;
  readonly end_us: number;
  readonly w: number;
}

/** What runs when, and what it draws. */
function plan({ round_us = 12_000_000, count = 4, power = (name) => wall_w[name], length = () => round_us }: Given) {
  const found: Round[] = [];
  const loads: Load[] = [];
  let now_us = first_us + 10_000_000;
  const add = (id: string | null, round: number, long_us: number, w: number): void => {
    const about = {
      session: 's',
      excluded_by: null,
      measurement_id: id,
      kind: id ? 'round' : 'sync',
      round,
      repeats: id ? 12_000 : 1,
    };
    found.push({ ...about, start_us: now_us, end_us: now_us + long_us });
    loads.push({ start_us: now_us, end_us: now_us + long_us, w });
    now_us += long_us;
  };
  const addBurst = (first: number): void => {
    for (let i = 0; i < burst_ms.length; i += 2) {
      add(null, first + i / 2, burst_ms[i] * 1000, wall_w.burst);
      now_us += burst_ms[i + 1] * 1000;
    }
  };
  addBurst(1);
  for (const name of ['a', 'b'])
    for (let round = 1; round <= count; round++) {
      add(name, round, length(name, round), power(name, round));
      now_us += 2_000_000;
    }
  addBurst(burst_ms.length / 2 + 1);
  return { rounds: found, loads, last_us: now_us + 10_000_000 };
}

/** Mean power between two stamps. */
function meanPower(loads: readonly Load[], from_us: number, to_us: number, idle_w: number, share = 1): number {
  const above = loads.reduce((sum, { start_us, end_us, w }) => {
    return sum + Math.max(0, Math.min(end_us, to_us) - Math.max(start_us, from_us)) * (w * share - idle_w);
  }, 0);
  return idle_w + above / (to_us - from_us);
}

/** The tables that align reads. */
export function makeSession(given: Given = {}): Record<string, ArrowTable> {
  const { period_us = 170_000, instant = false, offset_us = 0, drift = 0 } = given;
  const { rounds: planned, loads, last_us } = plan(given);
  const same = <T>(rows: T): T => rows;
  const lines: Line[] = [];
  const samples: Sample[] = [];
  for (let k = 1; first_us + k * period_us <= last_us; k++) {
    const at_us = first_us + k * period_us;
    const w = instant ? meanPower(loads, at_us - 1, at_us, standby_w) : meanPower(loads, at_us - period_us, at_us, standby_w); // prettier-ignore
    const mono_us = Math.round(at_us + offset_us + drift * (at_us - first_us));
    const meter = { line: k, seq: k, mono_us, utc_us: mono_us };
    lines.push({ ...meter, voltage_v: volts, current_a: w / volts, real_power_w: w, power_factor: 1 });
  }
  for (let k = 1; first_us + k * 170_000 <= last_us; k++) {
    const at_us = first_us + k * 170_000;
    const gpu_power_w = meanPower(loads, at_us - 170_000, at_us, idleGpu_w, gpuShare);
    samples.push({ mono_us: at_us, gpu_power_w, ...steady(k) });
  }
  const facts = { ...about, first_us, last_us, meter_period_us: period_us, meter_kind: instant ? 'instant' : 'window' };
  return {
    rounds: fromRows(rounds, (given.rounds ?? same)(planned)),
    power: fromRows(power, (given.lines ?? same)(lines)),
    resources: fromRows(resources, (given.samples ?? same)(samples)),
    session: fromRows(session, [{ ...facts, ...given.session }]),
  };
}

/** What every sample shows, and counters that tell of a CPU at 10 %. */
const steady = (k: number) => ({
  cpu_busy_ticks: 34 * k,
  cpu_total_ticks: 340 * k,
  mem_total_kib: 1000,
  mem_available_kib: 750,
  gpu_pct: 80,
  gpu_mem_pct: 30,
  gpu_clk_mhz: 1800,
  gpu_mem_clk_mhz: 3800,
  gpu_energy_uj: null,
  gpu_temperature_c: null,
  throttle_bits: null,
  cpu_energy_uj: null,
  dram_energy_uj: null,
  gpu_mem_used_kib: null,
});

const about = {
  session: 's',
  bench: 'bench',
  label: 'simulated',
  started_utc_us: 0,
  cpu_threads: 20,
  one_clock: false,
  meter: 'a meter',
  meter_noisy: false,
  meter_range_a: 5,
  meter_uncertainty_pct: null,
  mains_voltage_v: volts,
  power_factor_source: 'measured',
  resource_period_us: 170_000,
  standby_w,
  gpu_standby_w: 10,
};

type Found = Record<string, string | number | boolean | null>;

/** What align makes of a session. */
export async function aligned(
  tables: Record<string, ArrowTable>,
  params: object = {},
): Promise<{ readonly measurements: Found[]; readonly clock: Found[]; readonly findings: Found[] }> {
  const context = await fakeContext({ params: alignParams.parse(params), partition: { session: 's' }, tables });
  try {
    await run(context);
    const written = (name: string): Found[] => toRows(context.written.get(name)!);
    return { measurements: written('measurements'), clock: written('clock'), findings: written('findings') };
  } finally {
    context.close();
  }
}
