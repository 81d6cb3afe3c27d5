/** The launch-queue model fitted to measurements (research/planned.md 2), and its constants as parts of a fitted file. */
import { borrowDynamic, borrowGpu } from './borrow.js';
import { fitEnergy } from './energy_fit.js';
import { isLeaf, type Forest, type Workload } from '../forest.js';
import type { Tiling } from './gemm.js';
import { fitLatency } from './latency_fit.js';
import { clockedTerms, dynamicTerms, gpuTerms, launchTerms, type LaunchQueueConstants } from './launch_queue.js';
import { partOf } from '../parts.js';
import type { Part } from '../predictor.js';
import { median } from '../../median.js';
import { queueRows, type QueueRow } from './rows.js';
import { searchTiling } from './tiling_search.js';
import { dynamicAt, gpuAt, workWidth, worksOf } from './works.js';

/** How the GPU's clock comes in; f is the clock over the reference (research/planned.md 4). */
export interface Clock {
  /** Median over the training modules. */
  readonly reference_mhz: number;
  /** The range of the training rows. */
  readonly lowest_mhz: number;
  readonly highest_mhz: number;
  /** Static power at f less that at the lowest, W a unit of f. */
  readonly static_w_per_clock: number;
}

export interface FittedQueue {
  readonly constants: LaunchQueueConstants;
  readonly tiling: Tiling;
  /** Null where the clock was not used: then `static_w` holds at any. */
  readonly clock: Clock | null;
}

/**
 * The clock is used where it is asked for, and where it moved among the busy measurements by more than this part
 * (standard deviation): there constants at a single clock would be those of none. A locked or steady clock moves less.
 */
const steadyClock = 0.01;

const busy = 0.8;

/** Fits of a forest by what they are fitted to: several predictors rest on one. */
const known = new WeakMap<Forest, Map<string, FittedQueue>>();

/** Fits all constants to some workloads; those of another clock are scaled to their own. */
export function fitLaunchQueue(forest: Forest, training: readonly Workload[], useClock = false): FittedQueue {
  const fits = known.get(forest) ?? new Map<string, FittedQueue>();
  known.set(forest, fits);
  const key = `${useClock} ${training.map(({ first }) => first).join()}`;
  let fitted = fits.get(key);
  if (!fitted) fits.set(key, (fitted = fitConstants(forest, training, useClock)));
  return fitted;
}

function fitConstants(forest: Forest, training: readonly Workload[], useClock: boolean): FittedQueue {
  const rows = queueRows(forest, training);
  const reference = clockReference(forest, rows, useClock);
  const f = reference && rows.map(({ clockMhz }) => clockMhz / reference.median_mhz);
  const tiling = searchTiling(forest, f ? rows.map((row, i) => ({ ...row, latencyS: row.latencyS * f[i] })) : rows);
  const works = gather(worksOf(forest, tiling).all, rows);
  if (f) f.forEach((clock, i) => scaleForClock(works.subarray(i * workWidth, (i + 1) * workWidth), clock));
  const latency = fitLatency(rows, works);
  const lowest = reference ? reference.lowest_mhz / reference.median_mhz : 1;
  const energy = fitEnergy(rows, works, f && f.map((clock) => clock - lowest));
  return {
    constants: {
      launch_us: latency.launch_us,
      gpu_us: borrowGpu(latency.gpu_us, works),
      dynamic_mj: borrowDynamic(energy.dynamic_mj, works),
      static_w: energy.static_w,
    },
    tiling,
    clock: reference && {
      reference_mhz: reference.median_mhz,
      lowest_mhz: reference.lowest_mhz,
      highest_mhz: reference.highest_mhz,
      static_w_per_clock: energy.static_w_per_clock,
    },
  };
}

interface ClockReference {
  readonly median_mhz: number;
  readonly lowest_mhz: number;
  readonly highest_mhz: number;
}

/** Null where the clock is not to be used, or was not logged of every row. */
function clockReference(forest: Forest, rows: readonly QueueRow[], asked: boolean): ClockReference | null {
  if (rows.length === 0 || !rows.every(({ clockMhz }) => clockMhz > 0)) return null;
  const clocks = (of: readonly QueueRow[]): number[] => of.map(({ clockMhz }) => clockMhz);
  const modules = clocks(rows.filter(({ c }) => !isLeaf(forest, c)));
  const reference = median(modules.length > 0 ? modules : clocks(rows));
  const relative = clocks(rows.filter(({ utilisation }) => utilisation > busy)).map((clock) => clock / reference);
  const mean = relative.reduce((sum, clock) => sum + clock, 0) / relative.length;
  const variance = relative.reduce((sum, clock) => sum + (clock - mean) ** 2, 0) / relative.length;
  if (!asked && !(variance > steadyClock ** 2)) return null;
  return { median_mhz: reference, lowest_mhz: Math.min(...clocks(rows)), highest_mhz: Math.max(...clocks(rows)) };
}

/** The rows' amounts, row by row. */
function gather(works: Float64Array, rows: readonly QueueRow[]): Float64Array {
  const gathered = new Float64Array(rows.length * workWidth);
  rows.forEach(({ c }, i) => gathered.set(works.subarray(c * workWidth, (c + 1) * workWidth), i * workWidth));
  return gathered;
}

const clocked = gpuTerms.flatMap((term, k) => (clockedTerms.includes(term) ? [gpuAt + k] : []));

/** What computes takes 1/f of the time; every dynamic energy goes with the voltage's square, taken as f². */
export function scaleForClock(work: Float64Array, f: number): void {
  for (const k of clocked) work[k] /= f;
  for (let k = dynamicAt; k < workWidth; k++) work[k] *= f * f;
}

const part = <Term extends string>(name: string, terms: readonly Term[], of: Readonly<Record<Term, number>>): Part => ({
  name,
  terms,
  values: Float64Array.from(terms, (term) => of[term]),
});

const tilingTerms = [
  'multiprocessors',
  'tile_rows',
  'tile_columns',
  'tiles_at_once',
  'split_below',
  'batched_tile_rows',
  'batched_tile_columns',
  'balance_mib_per_gf',
] as const;

const clockTerms = ['reference_mhz', 'lowest_mhz', 'highest_mhz', 'static_w_per_clock'] as const;

/** Parts `launch_us`, `gpu_us`, `dynamic_mj`, `static_w`, `tiling` and, where it is used, `clock`; behind a prefix. */
export function queueParts({ constants, tiling, clock }: FittedQueue, prefix = ''): Part[] {
  const { multiprocessors, tile, tiles_at_once, split_below, batched_tile, balance } = tiling;
  return [
    part(`${prefix}launch_us`, launchTerms, constants.launch_us),
    part(`${prefix}gpu_us`, gpuTerms, constants.gpu_us),
    part(`${prefix}dynamic_mj`, dynamicTerms, constants.dynamic_mj),
    part(`${prefix}static_w`, ['static_w'], constants),
    {
      name: `${prefix}tiling`,
      terms: tilingTerms,
      values: Float64Array.of(multiprocessors, ...tile, tiles_at_once, split_below, ...batched_tile, balance),
    },
    ...(clock ? [part(`${prefix}clock`, clockTerms, clock)] : []),
  ];
}

function readRecord<Term extends string>(parts: readonly Part[], name: string): Record<Term, number> {
  const { terms, values } = partOf(parts, name);
  return Object.fromEntries(terms.map((term, k) => [term, values[k]])) as Record<Term, number>;
}

export function readQueue(parts: readonly Part[], prefix = ''): FittedQueue {
  const read = <Term extends string>(name: string): Record<Term, number> => readRecord<Term>(parts, prefix + name);
  const tiling = read<(typeof tilingTerms)[number]>('tiling');
  return {
    constants: {
      launch_us: read('launch_us'),
      gpu_us: read('gpu_us'),
      dynamic_mj: read('dynamic_mj'),
      ...read<'static_w'>('static_w'),
    },
    tiling: {
      multiprocessors: tiling.multiprocessors,
      tile: [tiling.tile_rows, tiling.tile_columns],
      tiles_at_once: tiling.tiles_at_once,
      split_below: tiling.split_below,
      batched_tile: [tiling.batched_tile_rows, tiling.batched_tile_columns],
      balance: tiling.balance_mib_per_gf,
    },
    clock: parts.some(({ name }) => name === `${prefix}clock`) ? read<(typeof clockTerms)[number]>('clock') : null,
  };
}
