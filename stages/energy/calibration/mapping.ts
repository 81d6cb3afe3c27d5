/**
 * Which column of a table of measurements is what, and in which unit: `wall_kwh=Meter,gpu_j=nvml,time_s=t,group=model`.
 * The unit is the end of the key, so that nothing is guessed from a column's name.
 */
import { proposal } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';

export type Kind = 'energy' | 'power' | 'time' | 'load' | 'group';

/** A column and what its numbers are multiplied by to be J, W, s or %. */
export interface MappedColumn {
  readonly key: string;
  readonly column: string;
  readonly kind: Kind;
  readonly scale: number;
}

export interface Mapping {
  readonly wall: MappedColumn;
  readonly gpu: MappedColumn;
  /** The CPU's energy, power or load. */
  readonly cpu: MappedColumn | null;
  /** Null where powers stand for one second each. */
  readonly time: MappedColumn | null;
  readonly group: MappedColumn | null;
}

type Role = keyof Mapping;

const units = {
  energy: { j: 1, uj: 1e-6, mj: 1e-3, kj: 1e3, wh: 3600, kwh: 3.6e6 },
  power: { w: 1, mw: 1e-3, kw: 1e3 },
  time: { s: 1, ms: 1e-3, us: 1e-6, min: 60, h: 3600 },
  load: { pct: 1 },
} as const;

const kindsOf: Readonly<Record<Exclude<Role, 'group'>, readonly (keyof typeof units)[]>> = {
  wall: ['energy', 'power'],
  gpu: ['energy', 'power'],
  cpu: ['energy', 'power', 'load'],
  time: ['time'],
};

/** Every key that may stand in a mapping. */
const keys = new Map<string, { readonly role: Role; readonly kind: Kind; readonly scale: number }>([
  ...Object.entries(kindsOf).flatMap(([role, kinds]) =>
    kinds.flatMap((kind) =>
      Object.entries(units[kind]).map(
        ([unit, scale]) => [`${role}_${unit}`, { role: role as Role, kind, scale: scale as number }] as const,
      ),
    ),
  ),
  ['group', { role: 'group', kind: 'group', scale: 1 }],
]);

const expected =
  `expected wall_, gpu_ and cpu_ with ${[...Object.keys(units.energy), ...Object.keys(units.power)].join(', ')}; ` +
  `cpu_pct; time_ with ${Object.keys(units.time).join(', ')}; group`;

/** One `key=column`. A column's name may hold anything but what looks like the next key. */
function pairs(texts: readonly string[]): (readonly [string, string])[] {
  return texts
    .flatMap((text) => text.split(/,(?=\s*\w+=)/))
    .map((text) => {
      const at = text.indexOf('=');
      const [key, column] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
      if (at < 1 || column === '') {
        throw new UsageError(`--map ${text}: expected key=column, like wall_j=energy`, expected);
      }
      return [key, column] as const;
    });
}

/** GPU joules alone have no law to be fitted: what they take is told by the nodes that a run measures. */
const withoutMeter =
  'without a meter there is nothing to fit to a table: pipeline calibrate CONFIG fits the GPU’s joules to a run of a bench that has none';

function lacking(found: Partial<Record<Role, MappedColumn>>): string | null {
  const { wall, gpu, cpu, time } = found;
  if (!wall || !gpu) {
    const missing = [wall ? null : 'the wall (wall_j, wall_w, …)', gpu ? null : 'the GPU (gpu_j, gpu_w, …)'];
    return `--map has no column for ${missing.filter(Boolean).join(' and ')}`;
  }
  const energy = [wall, gpu, cpu].find((one) => one?.kind === 'energy');
  return energy && !time ? `--map ${energy.key}: an energy needs its time: add time_s=COLUMN (or time_ms, …)` : null;
}

/** Reads what `--map` was given. Throws a UsageError with what was expected. */
export function parseMapping(texts: readonly string[]): Mapping {
  const found: Partial<Record<Role, MappedColumn>> = {};
  for (const [key, column] of pairs(texts)) {
    const known = keys.get(key.toLowerCase());
    if (!known) throw new UsageError(`--map ${key}: unknown key; ${proposal(key, [...keys.keys()])}`, expected);
    const before = found[known.role];
    if (before) throw new UsageError(`--map: ${before.key} and ${key} are both given, one is expected`);
    found[known.role] = { key, column, kind: known.kind, scale: known.scale };
  }
  const problem = lacking(found);
  if (problem) throw new UsageError(problem, found.gpu && !found.wall ? withoutMeter : expected);
  const { wall, gpu, cpu = null, time = null, group = null } = found;
  return { wall: wall!, gpu: gpu!, cpu, time, group };
}
