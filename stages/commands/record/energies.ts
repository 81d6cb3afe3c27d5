/** What was recorded, as joules with their uncertainty: of the wall, of each GPU, of the CPU. */
import type { Table as ArrowTable } from 'apache-arrow';
import type { Finding } from '../../../pipeline/findings.js';
import { numbers, optionalNumbers } from '../../../pipeline/rows.js';
import type { DeviceRecord } from '../../energy/benches/live/logger_line.js';
import { powerKind, powerOf } from '../../energy/meters/reading.js';
import type { Logs, Measured } from './aligned.js';
import { measureSpans } from './aligned.js';
import type { Span } from './instruments.js';
import { nvmlWithin, ofMean, together, within } from './uncertainty.js';

/** Standby that is subtracted: measured before the program, or stated. */
export interface Standby {
  readonly power_w: number;
  readonly u_w: number;
  readonly how: 'measured' | 'stated';
}

export interface Energy {
  readonly energy_j: number;
  /** Standard uncertainty. */
  readonly u_j: number;
  /** Above standby; null where none is subtracted. */
  readonly net_j: number | null;
  readonly net_u_j: number | null;
  readonly standby: Standby | null;
}

export interface WallEnergy extends Energy {
  /** `apparent`: the meter tells no power factor, so that these are VA·s. */
  readonly kind: 'measured' | 'apparent' | 'simulated';
  readonly meter: string;
  /** The meter's own; null where its owner does not state it: `u_j` lacks it then. */
  readonly meter_uncertainty_pct: number | null;
  readonly lines: number;
}

interface Gpu {
  readonly gpu: number;
  readonly uuid: string;
  readonly name: string;
}

export interface GpuEnergy extends Gpu, Energy {
  readonly from: 'energy counter' | 'power';
}

/** Why an instrument has no joules of the program. */
export interface NoEnergy {
  readonly why: string;
}

export const isKnown = <Found extends Energy | NoEnergy>(found: Found | null): found is Extract<Found, Energy> =>
  found !== null && 'energy_j' in found;

export interface Energies {
  /** Null without a meter; `why` where its log does not cover the program. */
  readonly wall: WallEnergy | NoEnergy | null;
  readonly gpus: readonly (GpuEnergy | (Gpu & NoEnergy))[];
  /** By RAPL's counters; null where they may not be read. */
  readonly cpu_j: number | null;
  readonly dram_j: number | null;
  readonly means: Pick<Measured, 'cpu_pct' | 'mem_pct' | 'gpu_pct' | 'gpu_mem_pct' | 'gpu_clk_mhz'>;
  /** What the checks of align find of the program's run. */
  readonly findings: readonly Finding[];
}

export interface Recorded {
  readonly logs: Omit<Logs, 'resources'>;
  /** Rows of `resources` for each GPU; without GPU one. */
  readonly gpus: readonly { readonly device: DeviceRecord | null; readonly resources: ArrowTable }[];
  readonly program: Span;
  readonly standby: Span | null;
  /** Standby as its owner states it, W. */
  readonly stated_w: number | null;
}

const seconds = ({ start_us, end_us }: Span): number => (end_us - start_us) / 1e6;

/** Findings that ask for more than one run, or tell of what a single run has not. */
const gapCheck = '4';
const ofRounds = new Set(['rounds_left', '17', '18', 'gpu_lag']);

/** Of standby a gap is told, for then nothing is subtracted; it need not be as long as a round. */
const isTold = ({ subject, check_id }: Finding): boolean => !subject.startsWith('standby') || check_id === gapCheck;

/** Power of the lines within a span. */
const lineWatts = (logs: Recorded['logs'], { start_us, end_us }: Span): number[] =>
  (logs.meter?.samples ?? []).flatMap(({ mono_us, reading }) =>
    mono_us > start_us && mono_us <= end_us ? (powerOf(reading) ?? []) : [],
  );

function wallStandby(recorded: Recorded, measured: Measured | undefined): Standby | null {
  const { standby, stated_w, logs } = recorded;
  if (stated_w !== null) return { power_w: stated_w, u_w: 0, how: 'stated' };
  if (!standby || measured?.wall_interior_j == null) return null;
  const u_w = ofMean(lineWatts(logs, standby));
  return { power_w: measured.wall_interior_j / seconds(standby), u_w, how: 'measured' };
}

/** The scale of an instrument is off for standby and load alike: it counts for what is left. */
function energyOf(energy_j: number, scale: number, own_u_j: number, standby: Standby | null, time_s: number): Energy {
  const u_j = together(scale * energy_j, own_u_j);
  if (!standby) return { energy_j, u_j, net_j: null, net_u_j: null, standby };
  const net_j = energy_j - standby.power_w * time_s;
  return { energy_j, u_j, net_j, net_u_j: together(scale * net_j, own_u_j, standby.u_w * time_s), standby };
}

/** The edges are as uncertain as the rules differ on them; instants are a sample of what was between them, too. */
function wallOf(
  recorded: Recorded,
  measured: Measured,
  standby: Standby | null,
): WallEnergy | { readonly why: string } {
  // prettier-ignore
  const { logs, program } = recorded;
  const { identity, samples } = logs.meter!;
  const { wall_j, wall_step_j, wall_clip_j, gap_s, lines } = measured;
  if (wall_j === null) return { why: `the meter tells nothing of ${gap_s.toFixed(2)} s of ${seconds(program).toFixed(2)} s` }; // prettier-ignore
  const edges_j = wall_step_j === null || wall_clip_j === null ? 0 : within(wall_step_j - wall_clip_j);
  const sampling_j = identity.kind === 'instant' ? ofMean(lineWatts(logs, program)) * seconds(program) : 0;
  const { uncertainty_pct } = identity;
  const energy = energyOf(wall_j, (uncertainty_pct ?? 0) / 100, together(edges_j, sampling_j), standby, seconds(program)); // prettier-ignore
  const apparent = samples.some(({ reading }) => powerKind(reading) === 'apparent');
  const kind = identity.name.startsWith('simulated') ? 'simulated' : apparent ? 'apparent' : 'measured';
  return { ...energy, kind, meter: identity.name, meter_uncertainty_pct: uncertainty_pct, lines };
}

/** Each edge is known to a sample: a counter moves no oftener than it is read, and power is told as often. */
function gpuOf(
  { logs, program, standby }: Recorded,
  { gpu, uuid, name }: DeviceRecord,
  resources: ArrowTable,
  measured: ReadonlyMap<string, Measured>,
): Energies['gpus'][number] {
  // prettier-ignore
  const about = { gpu, uuid, name };
  const energy_j = measured.get('program')?.gpu_j ?? null;
  if (energy_j === null) return { ...about, why: 'its driver does not tell its power from end to end' };
  const time_s = seconds(program);
  const edge_j = within((energy_j / time_s) * (logs.resourcePeriod_us / 1e6));
  const before_j = measured.get('standby')?.gpu_j ?? null;
  const own = standby && before_j !== null ? { power_w: before_j / seconds(standby), u_w: 0, how: 'measured' as const } : null; // prettier-ignore
  const energy = energyOf(energy_j, within(nvmlWithin), together(edge_j, edge_j), own, time_s);
  const counts = optionalNumbers(resources, 'gpu_energy_uj').some((value) => value !== null);
  return { ...energy, ...about, from: counts ? 'energy counter' : 'power' };
}

/** What a counter has at a moment, on a straight line between its samples; null where it does not reach so far. */
function counterAt(at_us: Float64Array, counter: readonly (number | null)[], moment_us: number): number | null {
  const after = at_us.findIndex((stamp_us) => stamp_us >= moment_us);
  const [from, to] = [counter[after - 1] ?? null, counter[after] ?? null];
  if (after < 1 || from === null || to === null) return null;
  return from + ((to - from) * (moment_us - at_us[after - 1])) / (at_us[after] - at_us[after - 1]);
}

function counted_j(resources: ArrowTable, column: string, { start_us, end_us }: Span): number | null {
  const at_us = numbers(resources, 'mono_us');
  const counter = optionalNumbers(resources, column);
  const [from, to] = [start_us, end_us].map((moment_us) => counterAt(at_us, counter, moment_us));
  return from === null || to === null ? null : (to - from) / 1e6;
}

/** Throws nothing for what an instrument does not tell: it is null then. */
export async function energiesOf(recorded: Recorded): Promise<Energies> {
  const { logs, gpus, program, standby } = recorded;
  const spans = { ...(standby ? { standby } : {}), program };
  const aligned = [];
  for (const { device, resources } of gpus) {
    aligned.push({ device, resources, ...(await measureSpans({ ...logs, resources }, spans)) });
  }
  const [{ measured, findings, resources }] = aligned;
  const own = measured.get('program')!;
  const { cpu_pct, mem_pct, gpu_pct, gpu_mem_pct, gpu_clk_mhz } = own;
  const told = findings.filter((one) => one.severity !== 'info' && !ofRounds.has(one.check_id) && isTold(one));
  return {
    wall: logs.meter ? wallOf(recorded, own, wallStandby(recorded, measured.get('standby'))) : null,
    gpus: aligned.flatMap(({ device, resources, measured }) => (device ? [gpuOf(recorded, device, resources, measured)] : [])), // prettier-ignore
    cpu_j: counted_j(resources, 'cpu_energy_uj', program),
    dram_j: counted_j(resources, 'dram_energy_uj', program),
    means: { cpu_pct, mem_pct, gpu_pct, gpu_mem_pct, gpu_clk_mhz },
    findings: logs.meter ? told : [],
  };
}
