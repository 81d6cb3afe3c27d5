/**
 * What happens when in a replayed session, on the host's clock. Every measurement runs once, in the order in which its
 * first node stands in the tree, in rounds of `round` seconds; sync bursts of known, unequal on-steps at both ends let
 * `align` find the meter's clock.
 *
 *   W
 *   │         burst: 20 on-steps           rounds of measurement 1                   burst
 *   │        ┌──┐ ┌───┐   ┌─┐           ┌~~~~~~~~┐  ┌~~~~~~~~┐              ┌──┐ ┌───┐   ┌─┐
 *   │        │  │ │   │ … │ │           │ ± 5 %  │  │        │  …           │  │ │   │ … │ │
 *   │  lead  │  │ │   │   │ │   pause   │  20 s  │2s│        │              │  │ │   │   │ │  lead
 *   │────────┘  └─┘   └───┘ └───────────┘        └──┘        └──── … ───────┘  └─┘   └───┘ └────────  standby
 *   └┬─────────────────────────────────────────────────────────────────────────────────────────────┬─  t
 *  first_us                                                                                     last_us
 *
 * A round holds `repeats` runs, the fewest that last `round` seconds. Its power is constant but for the ripple, and
 * such that its energy over its repeats is the measured mean exactly.
 */
import type { MeasurementMean } from '../energy/benches/bench.js';
import { burstOff_ms, burstOn_ms } from './burst.js';
import type { Instruments } from './instruments.js';
import { type Load, loadOf, type Step } from './load.js';
import { median } from '../energy/median.js';

/** Our choice: the host had been up for ten minutes, so that its clock is no other count of the session. */
export const firstStamp_us = 600e6;

/** Our choice: no date was published, so every session begins on 1 January 2021, the year of the paper. */
export const started_utc_us = Date.UTC(2021, 0, 1) * 1000;

/** Between a clock's monotonic and its UTC stamps, µs. */
export const utcMinusMono_us = started_utc_us - firstStamp_us;

/** Standby as share of the session's lowest load, where the configured watts are more (METHODS 6). */
const standbyShareOfLowest = 0.5;

/** What the GPU draws and shows in pauses. */
export type IdleGpu = Pick<Load, 'gpu_w' | 'gpu_clk_mhz' | 'gpu_mem_clk_mhz'>;

export interface Protocol {
  /** Least length of a round, s. */
  readonly round: number;
  /** Rounds of each measurement. */
  readonly rounds: number;
}

export interface Schedule {
  /** By start; they do not overlap. */
  readonly steps: readonly Step[];
  /** What the machine draws between them. */
  readonly standby: Load;
  readonly first_us: number;
  readonly last_us: number;
}

/** The fewest runs that last the round. */
export function repeatsOf(round_s: number, latency_s: number): number {
  const repeats = Math.ceil(round_s / latency_s);
  // The quotient may have been rounded across a whole number.
  if (repeats * latency_s < round_s) return repeats + 1;
  return repeats > 1 && (repeats - 1) * latency_s >= round_s ? repeats - 1 : Math.max(1, repeats);
}

/** Every column of the loads reduced on its own. */
function reduced(loads: readonly Load[], reduce: (values: readonly number[]) => number): Load {
  const names = Object.keys(loads[0]) as (keyof Load)[];
  return Object.fromEntries(names.map((name) => [name, reduce(loads.map((load) => load[name]))])) as unknown as Load;
}

/** Between rounds nothing works, and memory is what the smallest measurement leaves in use. */
function standbyOf(loads: readonly Load[], idleGpu: IdleGpu, standby_w: number): Load {
  const least = reduced(loads, (values) => values.reduce((a, b) => Math.min(a, b)));
  return {
    wall_w: Math.min(standby_w, standbyShareOfLowest * least.wall_w),
    cpu_pct: 0,
    mem_pct: least.mem_pct,
    gpu_pct: 0,
    gpu_mem_pct: 0,
    ...idleGpu,
  };
}

/** Lays out a session of the given measurements (at least one), in their order. */
export function schedule(
  means: readonly MeasurementMean[],
  { round, rounds }: Protocol,
  instruments: Instruments,
  idleGpu: IdleGpu,
): Schedule {
  const loads = means.map((mean) => loadOf(mean, 1, mean.latency_s));
  const burstLoad = reduced(loads, median);
  const steps: Step[] = [];
  const us = (seconds: number): number => Math.round(seconds * 1e6);
  let now_us = firstStamp_us + us(instruments.lead);
  const syncSteps = instruments.burst;
  const addBurst = (firstRound: number): void => {
    for (let i = 0; i < syncSteps; i++) {
      const end_us = now_us + burstOn_ms[i] * 1000;
      const about = { kind: 'sync', measurement_id: null, round: firstRound + i, repeats: 1 } as const;
      steps.push({ ...burstLoad, ...about, start_us: now_us, end_us, ripple: 0, cycles: 0 });
      now_us = end_us + (i < syncSteps - 1 ? burstOff_ms[i] * 1000 : 0);
    }
  };

  addBurst(1);
  now_us += us(instruments.pause);
  for (const mean of means) {
    const repeats = repeatsOf(round, mean.latency_s);
    const duration_us = us(repeats * mean.latency_s);
    const load = loadOf(mean, repeats, duration_us / 1e6);
    const cycles = Math.max(1, Math.round(duration_us / 1e6 / instruments.ripple_period));
    const about = { kind: 'round', measurement_id: mean.measurement_id, repeats } as const;
    const pause_us = us(mean.level === 'model' ? instruments.pause_model : instruments.pause);
    for (let i = 1; i <= rounds; i++) {
      const end_us = now_us + duration_us;
      steps.push({ ...load, ...about, round: i, start_us: now_us, end_us, ripple: instruments.ripple, cycles });
      now_us = end_us + pause_us;
    }
  }
  addBurst(syncSteps + 1);
  return {
    steps,
    standby: standbyOf(loads, idleGpu, instruments.standby),
    first_us: firstStamp_us,
    last_us: now_us + us(instruments.lead),
  };
}
