/** What the launch-queue model is fitted to: measurements with what is known of each, every level weighing alike. */
import { featureOf, type Forest, type Workload } from '../forest.js';
import { measuredClasses } from '../law.js';

/** One measurement: its class, what was logged, and the weight of its relative errors. */
export interface QueueRow {
  readonly c: number;
  /** Index into `levels`: 0 is a primitive. */
  readonly level: number;
  readonly latencyS: number;
  readonly wallJ: number;
  /** Share of the time in which a kernel ran, 0…1; NaN where it was not logged. */
  readonly utilisation: number;
  readonly clockMhz: number;
  /** 1 over the root of the number of rows of its level. */
  readonly weight: number;
}

/** The logged latency of a class, s. */
export const latencyOf = (forest: Forest, c: number): number => featureOf(forest, c, 'latency_s');

/** The share of a class's time in which the GPU ran a kernel, 0…1. */
export const utilisationOf = (forest: Forest, c: number): number => featureOf(forest, c, 'gpu_pct') / 100;

/** The mean clock of the GPU while a class ran, MHz. */
export const clockOf = (forest: Forest, c: number): number => featureOf(forest, c, 'gpu_clk_mhz');

/** The measurements of some workloads: each once, as the node that was run (METHODS 2, traps). */
export function queueRows(forest: Forest, training: readonly Workload[]): QueueRow[] {
  const classes = [...measuredClasses(forest, training)].filter((c) => latencyOf(forest, c) > 0 && forest.wallJ[c] > 0);
  const count = new Map<number, number>();
  for (const c of classes) count.set(forest.level[c], (count.get(forest.level[c]) ?? 0) + 1);
  return classes.map((c) => ({
    c,
    level: forest.level[c],
    latencyS: latencyOf(forest, c),
    wallJ: forest.wallJ[c],
    utilisation: utilisationOf(forest, c),
    clockMhz: clockOf(forest, c),
    weight: 1 / Math.sqrt(count.get(forest.level[c])!),
  }));
}

/** Where relative errors stop to count quadratically (Huber): research/planned.md 2. */
const robustLimit = 0.02;

/** What a row's relative error leaves of its weight: √ of Huber's. */
export const robustWeight = (relativeError: number): number =>
  Math.sqrt(Math.min(1, robustLimit / Math.max(Math.abs(relativeError), Number.MIN_VALUE)));
