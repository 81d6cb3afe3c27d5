/** Checks of a round that has just been measured, and of a measurement's rounds together. */
import type { GpuSample, HostSample, PowerLine } from '../../energy/benches/live/instruments.js';
import type { GpuUser } from '../../energy/benches/live/nvidia_smi.js';
import { type Broken, broken, idleBit, liveChecks, powerCapBit, throttleBits } from './checks.js';
import { mean, notAlone } from './idle_checks.js';

/** What was seen of a round: each list has the sample before the round and one after it too, that of the meter two. */
export interface RoundSeen {
  readonly start_us: number;
  readonly end_us: number;
  readonly repeats: number;
  readonly power: readonly PowerLine[];
  readonly host: readonly HostSample[];
  readonly gpu: readonly GpuSample[];
  readonly hasGpu: boolean;
  /** Null where there is no meter. */
  readonly meterPeriod_us: number | null;
  readonly meterRange_a: number | null;
  readonly resourcePeriod_us: number;
  readonly standby_w: number | null;
  /** Programs on the GPU right after it, besides ours. */
  readonly users: readonly GpuUser[] | null;
}

type Stamped = { readonly mono_us: number };

const within = <Sample extends Stamped>(samples: readonly Sample[], { start_us, end_us }: RoundSeen): Sample[] =>
  samples.filter(({ mono_us }) => mono_us > start_us && mono_us <= end_us);

/** The longest time without a sample from before the round to its end, in nominal periods. */
function longestGap(samples: readonly Stamped[], { start_us, end_us }: RoundSeen, period_us: number): number {
  const inside = samples.map(({ mono_us }) => mono_us);
  if (inside.length === 0 || inside[0] > start_us) inside.unshift(start_us - period_us);
  if (inside.at(-1)! < end_us) inside.push(end_us + period_us * (liveChecks.gapIntervals.limit + 1));
  const gaps = inside.slice(1).map((at, i) => at - inside[i]);
  return Math.max(0, ...gaps) / period_us;
}

/** What the driver told of its power: a reading that failed is a silence. All readings of a GPU that has no such sensor. */
function readings(gpu: readonly GpuSample[]): readonly GpuSample[] {
  const told = gpu.filter(({ gpu_power_mw, gpu_energy_uj }) => gpu_power_mw !== null || gpu_energy_uj !== null);
  return told.length > 0 ? told : gpu;
}

/** 4: was each instrument heard all the time? */
function silences(seen: RoundSeen): Broken[] {
  const logs = [
    ...(seen.meterPeriod_us === null ? [] : [['power meter', seen.power, seen.meterPeriod_us] as const]),
    ['resource logger', seen.host, seen.resourcePeriod_us],
    ...(seen.hasGpu ? [["GPU's driver", readings(seen.gpu), seen.resourcePeriod_us] as const] : []),
  ] as const;
  return logs.flatMap(([name, samples, period_us]) => {
    const gap = longestGap(samples, seen, period_us);
    if (gap <= liveChecks.gapIntervals.limit) return [];
    return [
      broken(liveChecks.gapIntervals, gap, `the ${name} was silent for ${((gap * period_us) / 1e6).toFixed(2)} s`),
    ];
  });
}

/** 4, 5: are there enough lines, by their numbers and by themselves? */
function lines(seen: RoundSeen): Broken[] {
  if (seen.meterPeriod_us === null) return [];
  const numbers = seen.power.flatMap(({ seq }) => seq ?? []);
  const missing = numbers.slice(1).reduce((sum, seq, i) => sum + Math.max(0, seq - numbers[i] - 1), 0);
  const found: Broken[] = [];
  if (missing > liveChecks.linesMissing.limit) found.push(broken(liveChecks.linesMissing, missing, `${missing} lines of the meter are missing`)); // prettier-ignore
  // Lines that were read at once have one stamp, and align takes them for one (lines.sql).
  const heard = new Set(within(seen.power, seen).map(({ mono_us }) => mono_us)).size;
  if (heard < liveChecks.lines.limit) found.push(broken(liveChecks.lines, heard, `${heard} lines of the meter are too few for a mean`)); // prettier-ignore
  return found;
}

/** 2: did UTC step against the monotonic clock, or was it slewed? */
function clocks({ host }: RoundSeen): Broken[] {
  const offsets_ms = host.map(({ utc_us, mono_us }) => (utc_us - mono_us) / 1e3);
  const step_ms = Math.max(0, ...offsets_ms.slice(1).map((offset, i) => Math.abs(offset - offsets_ms[i])));
  if (step_ms > liveChecks.clockStep_ms.limit) return [broken(liveChecks.clockStep_ms, step_ms, `UTC stepped by ${step_ms.toFixed(1)} ms`)]; // prettier-ignore
  const [first, last] = [host[0], host.at(-1)];
  // Shorter than this the reading of the clocks shows more than their rates.
  if (!first || !last || last.raw_us - first.raw_us < 10e6) return [];
  const slew_ppm = Math.abs((last.utc_us - first.utc_us) / (last.raw_us - first.raw_us) - 1) * 1e6;
  if (slew_ppm <= liveChecks.clockSlew_ppm.limit) return [];
  return [broken(liveChecks.clockSlew_ppm, slew_ppm, `UTC ran off by ${slew_ppm.toFixed(0)} ppm`)];
}

/** 19, 20: did the GPU run as it should? */
function throttling(seen: RoundSeen): Broken[] {
  const bits = within(seen.gpu, seen).flatMap(({ throttle_bits }) => throttle_bits ?? []);
  const share_pct = (bit: number): number => (100 * bits.filter((reasons) => reasons & bit).length) / bits.length;
  if (bits.length === 0) return [];
  const found: Broken[] = [];
  const { throttled, powerCap_pct, gpuIdle_pct } = liveChecks;
  const count = bits.filter((reasons) => reasons & throttleBits).length;
  if (count > 0) found.push(broken(throttled, count, `the GPU throttled in ${count} of ${bits.length} samples`));
  const capped = share_pct(powerCapBit);
  if (capped > powerCap_pct.limit) found.push(broken(powerCap_pct, capped, `the power limit held the clock in ${capped.toFixed(0)} % of the samples`)); // prettier-ignore
  const idle = share_pct(idleBit);
  if (idle > gpuIdle_pct.limit) found.push(broken(gpuIdle_pct, idle, `the GPU was idle in ${idle.toFixed(0)} % of the samples`)); // prettier-ignore
  return found;
}

/** 21: did the clock stay? */
function clockVariation(seen: RoundSeen): Broken[] {
  const value = variation_pct(within(seen.gpu, seen).flatMap(({ gpu_clk_mhz }) => gpu_clk_mhz ?? []));
  if (value === null || value <= liveChecks.clockVariation_pct.limit) return [];
  return [broken(liveChecks.clockVariation_pct, value, `the GPU's clock varied by ${value.toFixed(1)} %`)];
}

/** Mean power over the lines that lie wholly inside: what the edges do is align's to work out. Null where there is none. */
export function wallMean_w(seen: RoundSeen): number | null {
  const edge_us = 1.5 * (seen.meterPeriod_us ?? 0);
  const inside = within(seen.power, seen).filter(({ mono_us }) => mono_us - seen.start_us > edge_us);
  return mean(inside.map(({ power_w }) => power_w));
}

/**
 * Wall energy of one run by align's step rule (energy.sql), on the stamps as they are: the window that straddles an edge
 * counts in full, less the standby that its neighbour shows for the part outside. Null where lines lack.
 */
export function wallEnergy_j({ power, start_us, end_us, repeats }: RoundSeen): number | null {
  const lines = power.filter(({ mono_us }, i) => i === 0 || mono_us > power[i - 1].mono_us);
  if (lines.length < 3 || lines[0].mono_us > start_us || lines.at(-1)!.mono_us <= end_us) return null;
  let energy_uj = 0;
  for (let i = 1; i < lines.length && lines[i - 1].mono_us < end_us; i++) {
    const [before, line, after] = [lines[i - 1], lines[i], lines[i + 1] ?? lines[i]];
    energy_uj += line.power_w * (line.mono_us - before.mono_us);
    energy_uj -= before.power_w * Math.max(0, start_us - before.mono_us);
    energy_uj -= after.power_w * Math.max(0, line.mono_us - end_us);
  }
  return energy_uj / 1e6 / repeats;
}

/**
 * GPU energy of one run as its driver tells: by its counter, interpolated at the edges, where it has one, else by its
 * power, each sample standing for the time since the one before. Null where samples lack.
 */
export function gpuEnergy_j({ gpu, start_us, end_us, repeats }: RoundSeen): number | null {
  if (gpu.length < 3 || gpu[0].mono_us > start_us || gpu.at(-1)!.mono_us < end_us) return null;
  let energy_uj = 0;
  for (let i = 1; i < gpu.length; i++) {
    const [before, now] = [gpu[i - 1], gpu[i]];
    const overlap_us = Math.min(now.mono_us, end_us) - Math.max(before.mono_us, start_us);
    if (overlap_us <= 0) continue;
    const counted = now.gpu_energy_uj === null || before.gpu_energy_uj === null ? null : now.gpu_energy_uj - before.gpu_energy_uj; // prettier-ignore
    const power_w = counted === null ? (now.gpu_power_mw ?? NaN) / 1e3 : counted / (now.mono_us - before.mono_us);
    energy_uj += power_w * overlap_us;
  }
  return Number.isFinite(energy_uj) ? energy_uj / 1e6 / repeats : null;
}

/** 8, 24: is what the meter tells possible? */
function physics(seen: RoundSeen): Broken[] {
  const wall_w = wallMean_w(seen);
  if (wall_w === null) return [];
  const found: Broken[] = [];
  const gpu_w = mean(within(seen.gpu, seen).flatMap(({ gpu_power_mw }) => gpu_power_mw ?? [])) ?? 0;
  if (gpu_w / 1e3 > wall_w) found.push(broken(liveChecks.aboveWall, gpu_w / 1e3 / wall_w, `the GPU's ${(gpu_w / 1e3).toFixed(1)} W exceed the wall's ${wall_w.toFixed(1)} W`)); // prettier-ignore
  const share = seen.standby_w === null ? Infinity : wall_w / seen.standby_w;
  if (seen.standby_w !== null && share < liveChecks.ofStandby.limit) found.push(broken(liveChecks.ofStandby, share, `${wall_w.toFixed(1)} W at the wall under load, ${seen.standby_w.toFixed(1)} W without`)); // prettier-ignore
  if (seen.meterRange_a === null) return found;
  const peak_pct = (100 * Math.max(0, ...seen.power.flatMap(({ current_a }) => current_a ?? []))) / seen.meterRange_a;
  if (peak_pct > liveChecks.rangeHigh_pct.limit) found.push(broken(liveChecks.rangeHigh_pct, peak_pct, `the current reached ${peak_pct.toFixed(0)} % of the meter's range`)); // prettier-ignore
  return found;
}

/** Everything that is wrong with a round. */
export const judgeRound = (seen: RoundSeen): Broken[] => [
  ...silences(seen),
  ...lines(seen),
  ...clocks(seen),
  ...throttling(seen),
  ...clockVariation(seen),
  ...physics(seen),
  ...[notAlone(seen.users)].flatMap((found) =>
    found ? [{ ...found, check: { ...found.check, action: 'retry' as const } }] : [],
  ),
];

/** Coefficient of variation; null of fewer than two values. */
export function variation_pct(values: readonly number[]): number | null {
  const middle = mean(values);
  if (values.length < 2 || middle === null || middle === 0) return null;
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return (100 * Math.sqrt(variance)) / Math.abs(middle);
}

/** A good round of a measurement: latency of one run, and its energy at the wall, or the GPU's where there is no meter. */
export interface GoodRound {
  readonly latency_s: number;
  readonly scope: 'wall' | 'GPU';
  readonly energy_j: number;
}

/** 17, 18: are a measurement's rounds alike? */
export function notAlike(rounds: readonly GoodRound[]): Broken | null {
  const latencies = rounds.map(({ latency_s }) => latency_s);
  const least_s = Math.min(...latencies);
  const drift_pct = (100 * (Math.max(...latencies) - least_s)) / least_s;
  if (drift_pct > liveChecks.drift_pct.limit) return broken(liveChecks.drift_pct, drift_pct, `latency differs by ${drift_pct.toFixed(2)} % between rounds`); // prettier-ignore
  const varies_pct = variation_pct(rounds.map(({ energy_j }) => energy_j));
  if (varies_pct === null || varies_pct < liveChecks.variation_pct.limit) return null;
  return broken(liveChecks.variation_pct, varies_pct, `${rounds[0].scope} energy varies by ${varies_pct.toFixed(2)} % over ${rounds.length} rounds`); // prettier-ignore
}
