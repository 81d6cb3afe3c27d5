/**
 * What the kernels that modules run themselves take, fitted to what measured nodes take beyond their measured parts
 * (research/planned.md 2, step 6).
 */
import { isLeaf, type Forest, type Workload } from '../forest.js';
import { ownValues, sumOfParts } from './from_parts.js';
import type { KnownParts } from './known_parts.js';
import { dynamicTerms, gpuTerms, type DynamicTerm, type GpuTerm } from './launch_queue.js';
import type { FittedQueue } from './fit.js';
import { inOrder } from './latency_fit.js';
import { nnls } from './nnls.js';
import { queueRows, robustWeight, type QueueRow } from './rows.js';
import { dynamicAt, gpuAt, workWidth, worksOf } from './works.js';

/** The terms of kernels that no primitive is. */
export const ownTerms = ['elementwise_mib', 'gelu_mib', 'scores_mib', 'copy_mib', 'kernel'] as const satisfies readonly (GpuTerm & DynamicTerm)[]; // prettier-ignore

const rounds = 8;

/**
 * How strongly a constant is drawn to that of the whole model, as a part of what all rows tell of it: kernels that are
 * few beside measured parts are told apart badly, and would make up for errors of the parts.
 */
const priorStrength = 0.5;

/** How much the GPU's time of a launch-bound row, known from the utilisation alone, counts. */
const utilisationWeight = 0.3;

/** What a row is to be given by, and by what weight its relative error counts. */
interface Target {
  readonly amounts: Float64Array;
  /** What the row takes beyond its parts; and the whole, of which errors are parts. */
  readonly rest: number;
  readonly whole: number;
  readonly weight: number;
}

/** The model with its own kernels' constants fitted anew. */
export function fitOwnKernels(
  fitted: FittedQueue,
  forest: Forest,
  training: readonly Workload[],
  parts: KnownParts,
): FittedQueue {
  const rows = queueRows(forest, training).filter(({ c }) => !isLeaf(forest, c));
  const bare = withOwn(fitted, zeros, zeros);
  const own = ownValues(bare, forest, true);
  const launchS = sumOfParts(forest, own.launchS, parts.launchS, parts.known);
  const gpuS = sumOfParts(forest, own.gpuS, parts.gpuS, parts.known);
  const dynamicJ = sumOfParts(forest, own.dynamicJ, parts.dynamicJ, parts.known);
  const gpuAmounts = amountsOf(fitted, forest, parts, gpuTerms, gpuAt);
  const dynamicAmounts = amountsOf(fitted, forest, parts, dynamicTerms, dynamicAt);
  const assumed = sumOfParts(forest, ownValues(fitted, forest, true).gpuS, parts.gpuS, parts.known);
  const waits = (c: number): boolean => launchS[c] > assumed[c];
  const { gpu_us, dynamic_mj } = fitted.constants;
  const gpu = robustFit(
    rows.flatMap((row) => gpuTarget(row, waits(row.c), gpuS[row.c], gpuAmounts)),
    inOrder(ownTerms, gpu_us),
  );
  const dynamic = robustFit(
    rows.map(({ c, latencyS, wallJ, weight }) => ({
      amounts: dynamicAmounts(c),
      rest: (wallJ - own.staticW[c] * latencyS - dynamicJ[c]) * 1e3,
      whole: wallJ * 1e3,
      weight,
    })),
    inOrder(ownTerms, dynamic_mj),
  );
  return withOwn(fitted, gpu, dynamic);
}

const zeros = new Float64Array(ownTerms.length);

/** The constants with those of own kernels replaced. */
export function withOwn(fitted: FittedQueue, gpu: Float64Array, dynamic: Float64Array): FittedQueue {
  const replaced = (values: Float64Array) => Object.fromEntries(ownTerms.map((term, k) => [term, values[k]]));
  const { constants } = fitted;
  return {
    ...fitted,
    constants: {
      ...constants,
      gpu_us: { ...constants.gpu_us, ...replaced(gpu) },
      dynamic_mj: { ...constants.dynamic_mj, ...replaced(dynamic) },
    },
  };
}

/** The amounts of own kernels of a class with all that is put together below it. */
function amountsOf(
  { tiling }: FittedQueue,
  forest: Forest,
  { known }: KnownParts,
  terms: readonly string[],
  at: number,
): (c: number) => Float64Array {
  const { own } = worksOf(forest, tiling);
  const classes = forest.type.length;
  const none = new Float64Array(classes);
  const sums = ownTerms.map((term) => {
    const k = at + terms.indexOf(term);
    const amounts = Float64Array.from({ length: classes }, (_, c) => own[c * workWidth + k]);
    return sumOfParts(forest, amounts, none, known);
  });
  return (c) => Float64Array.from(sums, (sum) => sum[c]);
}

/** A row that waits for its launches tells the time of its kernels only where the utilisation was logged. */
function gpuTarget(
  { c, latencyS, utilisation, weight }: QueueRow,
  waits: boolean,
  gpuS: number,
  amounts: (c: number) => Float64Array,
): Target[] {
  const running = waits ? utilisation * latencyS : latencyS;
  if (!(running > 0)) return [];
  return [
    {
      amounts: amounts(c),
      rest: (running - gpuS) * 1e6,
      whole: latencyS * 1e6,
      weight: weight * (waits ? utilisationWeight : 1),
    },
  ];
}

/** Non-negative constants, drawn to those of the whole model; errors count as parts of the whole, large ones less. */
function robustFit(targets: readonly Target[], prior: Float64Array): Float64Array {
  const width = ownTerms.length;
  const robust = targets.map(() => 1);
  let constants = new Float64Array(width);
  for (let round = 0; round < rounds; round++) {
    const values = new Float64Array((targets.length + width) * width);
    const target = new Float64Array(targets.length + width);
    const squares = new Float64Array(width);
    targets.forEach(({ amounts, rest, whole, weight }, i) => {
      const own = (weight * robust[i]) / whole;
      for (let k = 0; k < width; k++) {
        values[i * width + k] = own * amounts[k];
        squares[k] += values[i * width + k] ** 2;
      }
      target[i] = own * rest;
    });
    squares.forEach((square, k) => {
      const drawn = priorStrength * Math.sqrt(square);
      values[(targets.length + k) * width + k] = drawn;
      target[targets.length + k] = drawn * prior[k];
    });
    constants = nnls({ width, values, target });
    targets.forEach(({ amounts, rest, whole }, i) => {
      const predicted = amounts.reduce((sum, amount, k) => sum + amount * constants[k], 0);
      robust[i] = robustWeight((predicted - rest) / whole);
    });
  }
  // What no row tells of is what the whole model has.
  return constants.map((value, k) => (targets.some(({ amounts }) => amounts[k] > 0) ? value : prior[k]));
}
