/**
 * Fits launch and GPU times (research/planned.md 2, step 3): a row is bound by one of both, which one follows from the
 * fit itself, so both are fitted by turns.
 */
import { gpuTerms, launchTerms, type GpuTerm, type LaunchTerm } from './launch_queue.js';
import { nnls, type Design } from './nnls.js';
import { median } from '../../median.js';
import { robustWeight, type QueueRow } from './rows.js';
import { gpuAt, launchAt, workWidth } from './works.js';

const rounds = 15;

/** At first a row is taken to wait for its launches where a kernel ran for less than this share of the time. */
const busy = 0.8;

/** How much the GPU's time of a launch-bound row, known from the utilisation alone, counts. */
const utilisationWeight = 0.3;

/** A launch constant is drawn to what is usual, as strongly as this part of all rows' norm. */
const priorWeight = 0.05;

/** How launches compare: of a Linear 2.5 times as long as of a Softmax, … (planned.md 2). */
const usualRatios: Readonly<Record<LaunchTerm, number>> = {
  linear: 2.5,
  conv1d: 2.5,
  matmul: 1.8,
  layer_norm: 1.8,
  embedding: 1.6,
  softmax: 1,
  tanh: 1.1,
  own_kernel: 1,
  own_copy: 3,
  module_call: 1,
};

export interface LatencyConstants {
  readonly launch_us: Readonly<Record<LaunchTerm, number>>;
  readonly gpu_us: Readonly<Record<GpuTerm, number>>;
}

/** The constants of one kind as a typed array in the terms' order. */
export const inOrder = <Term extends string>(
  terms: readonly Term[],
  of: Readonly<Record<Term, number>>,
): Float64Array => Float64Array.from(terms, (term) => of[term]);

export const byTerm = <Term extends string>(terms: readonly Term[], values: Float64Array): Record<Term, number> =>
  Object.fromEntries(terms.map((term, k) => [term, values[k]])) as Record<Term, number>;

/**
 * `works` are the amounts of the rows' classes, row by row as in works.ts. A constant that no row tells of is 0.
 */
export function fitLatency(rows: readonly QueueRow[], works: Float64Array): LatencyConstants {
  const targets = rows.map(({ latencyS }) => latencyS * 1e6);
  const launchBound = rows.map(({ utilisation }) => utilisation < busy);
  const robust = rows.map(() => 1);
  let launch = new Float64Array(launchTerms.length);
  let gpu = new Float64Array(gpuTerms.length);
  const unit = usualUnit(rows, works, targets, launchBound);
  for (let round = 0; round < rounds; round++) {
    gpu = nnls(gpuDesign(rows, works, targets, launchBound, robust));
    launch = nnls(launchDesign(rows, works, targets, launchBound, robust, unit));
    rows.forEach((_, i) => {
      const [launching, running] = [amount(works, i, launchAt, launch), amount(works, i, gpuAt, gpu)];
      launchBound[i] = launching > running;
      robust[i] = robustWeight(Math.max(launching, running) / targets[i] - 1);
    });
  }
  return { launch_us: byTerm(launchTerms, launch), gpu_us: byTerm(gpuTerms, gpu) };
}

function amount(works: Float64Array, row: number, at: number, constants: Float64Array): number {
  let sum = 0;
  const from = row * workWidth + at;
  for (let k = 0; k < constants.length; k++) sum += works[from + k] * constants[k];
  return sum;
}

/** What a launch of ratio 1 takes, µs: the median over the primitives that wait for theirs. */
function usualUnit(
  rows: readonly QueueRow[],
  works: Float64Array,
  targets: readonly number[],
  launchBound: readonly boolean[],
): number {
  const ratios = inOrder(launchTerms, usualRatios);
  const units = rows.flatMap(({ level }, i) => {
    const usual = amount(works, i, launchAt, ratios);
    return level === 0 && launchBound[i] && usual > 0 ? [targets[i] / usual] : [];
  });
  return units.length === 0 ? 0 : median(units);
}

/** Rows bound by the GPU give its time; of those that wait for launches it is the share in which a kernel ran. */
function gpuDesign(
  rows: readonly QueueRow[],
  works: Float64Array,
  targets: readonly number[],
  launchBound: readonly boolean[],
  robust: readonly number[],
): Design {
  const width = gpuTerms.length;
  const values = new Float64Array(rows.length * width);
  const target = new Float64Array(rows.length);
  rows.forEach(({ weight, utilisation }, i) => {
    const running = launchBound[i] ? utilisation : 1;
    if (!(running > 0)) return; // not logged
    const own = (weight * robust[i] * (launchBound[i] ? utilisationWeight : 1)) / targets[i];
    for (let k = 0; k < width; k++) values[i * width + k] = own * works[i * workWidth + gpuAt + k];
    target[i] = own * running * targets[i];
  });
  return { width, values, target };
}

function launchDesign(
  rows: readonly QueueRow[],
  works: Float64Array,
  targets: readonly number[],
  launchBound: readonly boolean[],
  robust: readonly number[],
  unit: number,
): Design {
  const width = launchTerms.length;
  const values = new Float64Array((rows.length + width) * width);
  const target = new Float64Array(rows.length + width);
  let squares = 0;
  rows.forEach(({ weight }, i) => {
    if (!launchBound[i]) return;
    const own = (weight * robust[i]) / targets[i];
    for (let k = 0; k < width; k++) values[i * width + k] = own * works[i * workWidth + launchAt + k];
    target[i] = own * targets[i];
    squares += target[i] ** 2;
  });
  const prior = priorWeight * Math.sqrt(squares);
  launchTerms.forEach((term, k) => {
    if (unit === 0) return;
    values[(rows.length + k) * width + k] = prior / (usualRatios[term] * unit);
    target[rows.length + k] = prior;
  });
  return { width, values, target };
}
