/** What a meter can tell at all. A value beyond is not measured but damaged, or the meter is not connected. */
import type { Reading } from './reading.js';
import { powerOf } from './reading.js';

type Bounds = readonly [least: number, most: number];

export interface Limits {
  readonly voltage_v: Bounds;
  readonly current_a: Bounds;
  readonly real_power_w: Bounds;
}

/** Mains of 100 to 240 V with a third to either side; a clamp of 100 A (SCT-013-000), the largest that is common. */
export const mains: Limits = { voltage_v: [65, 320], current_a: [0, 110], real_power_w: [0, 35_000] };

/** Rounding, phase error and noise make real power exceed apparent power by so much (research/meters.md: WattsUp). */
const overUnity = 1.1;
const overUnity_w = 2;

const units = { voltage_v: 'V', current_a: 'A', real_power_w: 'W' } as const;

/** Why a reading cannot be true; null where it can. */
export function impossible(reading: Reading, limits: Limits): string | null {
  if (powerOf(reading) === null) return 'no power: neither real power nor volts and amperes';
  if (reading.real_power_w !== null && reading.real_power_w < 0) {
    return 'negative real power: is the clamp the other way round?';
  }
  for (const name of ['voltage_v', 'current_a', 'real_power_w'] as const) {
    const value = reading[name];
    const [least, most] = limits[name];
    if (value !== null && !(value >= least && value <= most)) return `out of range: ${least} to ${most} ${units[name]}`;
  }
  const { voltage_v, current_a, real_power_w, power_factor } = reading;
  if (power_factor !== null && !(power_factor >= 0 && power_factor <= overUnity)) return 'out of range: power factor';
  if (voltage_v !== null && current_a !== null && real_power_w !== null) {
    if (real_power_w > overUnity * voltage_v * current_a + overUnity_w) return 'more real than apparent power';
  }
  return null;
}
