/**
 * The power log of a session as its meter would have written it.
 *
 *   host clock   ──┬───────────────────────┬───────────────────────┬──
 *                  │◀─ period 170 ms ─────▶│                       │
 *                  │   │◀ window 166.7 ms ▶│  │◀ window ──────────▶│
 *                  │   mean power of these │  delay ─▶│ the line is here, stamped with the meter's clock
 */
import { Random } from '../energy/random.js';
import type { Instruments } from './instruments.js';
import { effectiveOverlap_us, overlap_us } from './load.js';
import { type Schedule, utcMinusMono_us } from './schedule.js';

/** The lines in order of arrival, as whole numbers and doubles. */
export interface PowerLog {
  readonly line: Float64Array;
  readonly seq: Float64Array;
  readonly mono_us: Float64Array;
  readonly utc_us: Float64Array;
  readonly voltage_v: Float64Array;
  readonly current_a: Float64Array;
  readonly real_power_w: Float64Array;
  readonly power_factor: Float64Array;
}

/** Least and greatest length of a silence, s (METHODS 6). */
const silence_s = [1, 5] as const;

/** A silence lies in the middle of its part of the session, so that two of them never meet in one measurement. */
const silenceMargin = 0.1;

/** Nearest multiple of a step; multiplying by its inverse keeps decimal steps free of binary dust. */
export function stepped(value: number, step: number): number {
  if (step === 0) return value;
  return Math.round(value * (1 / step)) / (1 / step) + 0; // no negative zero
}

/** Mean power of every window, W, on the host's clock; `end_us` of window k is first_us + (k + 1) · period. */
export function windowMeans(
  { steps, standby, first_us, last_us }: Schedule,
  window_us: number,
  period_us: number,
): Float64Array {
  const means = new Float64Array(Math.floor((last_us - first_us) / period_us));
  let next = 0;
  for (let k = 0; k < means.length; k++) {
    const end_us = first_us + (k + 1) * period_us;
    const start_us = end_us - window_us;
    while (next < steps.length && steps[next].end_us <= start_us) next++;
    let energy_uj = standby.wall_w * window_us;
    for (let i = next; i < steps.length && steps[i].start_us < end_us; i++) {
      const step = steps[i];
      energy_uj += step.wall_w * effectiveOverlap_us(step, start_us, end_us);
      energy_uj -= standby.wall_w * overlap_us(step, start_us, end_us);
    }
    means[k] = energy_uj / window_us;
  }
  return means;
}

interface Interval {
  readonly from_us: number;
  readonly to_us: number;
}

/** When the meter is silent: one interval in each equal part of the time between the two sync bursts. */
export function silences({ steps }: Schedule, count: number, random: Random): Interval[] {
  const inner = steps.filter((step) => step.kind === 'round');
  const from_us = inner[0].start_us;
  const part_us = (inner[inner.length - 1].end_us - from_us) / count;
  return Array.from({ length: count }, (_, i) => {
    const length_us = (silence_s[0] + (silence_s[1] - silence_s[0]) * random.uniform()) * 1e6;
    const free_us = Math.max(0, part_us * (1 - 2 * silenceMargin) - length_us);
    const start_us = from_us + part_us * (i + silenceMargin) + free_us * random.uniform();
    return { from_us: start_us, to_us: Math.min(start_us + length_us, inner[inner.length - 1].end_us) };
  });
}

/** Which lines arrive, in which order: their indices, some lost, some twice, some after the next one. */
function arrivals(arrived_us: Float64Array, silent: readonly Interval[], instruments: Instruments, random: Random) {
  const order = new Float64Array(2 * arrived_us.length);
  let length = 0;
  let next = 0;
  for (let k = 0; k < arrived_us.length; k++) {
    const lost = random.uniform() < instruments.lines_lost;
    const doubled = random.uniform() < instruments.lines_doubled;
    const swapped = random.uniform() < instruments.lines_swapped;
    while (next < silent.length && silent[next].to_us <= arrived_us[k]) next++;
    if (lost || (next < silent.length && silent[next].from_us <= arrived_us[k])) continue;
    order[length++] = k;
    if (swapped && length > 1) {
      order[length - 1] = order[length - 2];
      order[length - 2] = k;
    }
    if (doubled) {
      order[length] = order[length - 1];
      length++;
    }
  }
  return order.subarray(0, length);
}

/** The power log of a session; `key` (seed, session) is what its noise, delays and losses are drawn for. */
export function meterLog(plan: Schedule, instruments: Instruments, key: readonly (string | number)[]): PowerLog {
  const period_us = instruments.meter_period * 1e6;
  const means = windowMeans(plan, instruments.meter_window * 1e6, period_us);
  const delay = new Random(...key, 'arrival delay');
  const arrived_us = means.map((_, k) => {
    return plan.first_us + (k + 1) * period_us + instruments.arrival_delay * 1e6 * delay.exponential();
  });
  const silent = silences(plan, instruments.silences, new Random(...key, 'silences'));
  const order = arrivals(arrived_us, silent, instruments, new Random(...key, 'lines'));
  const noise = new Random(...key, 'meter noise');
  const watts = means.map((mean) => mean * (1 + instruments.meter_noise * noise.gaussian()));

  const { clock_offset, clock_drift, mains_voltage, power_factor } = instruments;
  const constant = (value: number): Float64Array => new Float64Array(order.length).fill(value);
  const column = (value: (k: number) => number): Float64Array => order.map(value);
  const mono_us = column((k) => {
    return Math.round(arrived_us[k] + clock_offset * 1e6 + clock_drift * (arrived_us[k] - plan.first_us));
  });
  return {
    line: order.map((_, i) => i + 1),
    seq: column((k) => k + 1),
    mono_us,
    utc_us: mono_us.map((stamp_us) => stamp_us + utcMinusMono_us),
    voltage_v: constant(stepped(mains_voltage, instruments.voltage_step)),
    current_a: column((k) => stepped(watts[k] / (mains_voltage * power_factor), instruments.current_step)),
    real_power_w: column((k) => stepped(watts[k], instruments.power_step)),
    power_factor: constant(power_factor),
  };
}
