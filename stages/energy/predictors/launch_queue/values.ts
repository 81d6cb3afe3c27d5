/** Launch time, GPU time and dynamic energy of every class of a forest, by fitted constants. */
import type { Forest } from '../forest.js';
import { dynamicTerms, gpuTerms, launchTerms } from './launch_queue.js';
import { scaleForClock, type FittedQueue } from './fit.js';
import { inOrder } from './latency_fit.js';
import { clockOf } from './rows.js';
import { dynamicAt, gpuAt, launchAt, workWidth } from './works.js';

/** Class by class. */
export interface QueueValues {
  readonly launchS: Float64Array;
  readonly gpuS: Float64Array;
  readonly dynamicJ: Float64Array;
  /** Static power at the wall, W: of the clock, where that comes in. */
  readonly staticW: Float64Array;
}

/** The clock at which a class is predicted, over the reference. */
export type ClockOf = (c: number) => number;

/** What is assumed where nothing is told: the reference. */
export const unknownClock: ClockOf = () => 1;

/** The clock as it was logged, or told; the reference where neither was. */
export const loggedClock = ({ clock }: FittedQueue, forest: Forest): ClockOf =>
  clock ? (c) => (clockOf(forest, c) > 0 ? clockOf(forest, c) / clock.reference_mhz : 1) : unknownClock;

/** `works` are amounts class by class (works.ts): what a class runs itself, or with all below it. */
export function queueValues(fitted: FittedQueue, works: Float64Array, classes: number, clockAt: ClockOf): QueueValues {
  const { constants, clock } = fitted;
  const launch = inOrder(launchTerms, constants.launch_us);
  const gpu = inOrder(gpuTerms, constants.gpu_us);
  const dynamic = inOrder(dynamicTerms, constants.dynamic_mj);
  const lowest = clock ? clock.lowest_mhz / clock.reference_mhz : 1;
  const values = (): Float64Array => new Float64Array(classes);
  const result = { launchS: values(), gpuS: values(), dynamicJ: values(), staticW: values() };
  const row = new Float64Array(workWidth);
  for (let c = 0; c < classes; c++) {
    row.set(works.subarray(c * workWidth, (c + 1) * workWidth));
    const f = clockAt(c);
    if (clock) scaleForClock(row, f);
    result.launchS[c] = 1e-6 * dot(row, launchAt, launch);
    result.gpuS[c] = 1e-6 * dot(row, gpuAt, gpu);
    result.dynamicJ[c] = 1e-3 * dot(row, dynamicAt, dynamic);
    result.staticW[c] = constants.static_w + (clock ? clock.static_w_per_clock * (f - lowest) : 0);
  }
  return result;
}

function dot(row: Float64Array, at: number, constants: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < constants.length; k++) sum += row[at + k] * constants[k];
  return sum;
}
