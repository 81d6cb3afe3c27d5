/** What the launch-queue model says of the classes of a forest, from their operators alone. */
import { isLeaf, type Forest } from '../forest.js';
import { dynamicTerms, type DynamicTerm } from './launch_queue.js';
import type { FittedQueue } from './fit.js';
import type { Summand } from '../predictor.js';
import { queueValues, type ClockOf, type QueueValues } from './values.js';
import { dynamicAt, workWidth, worksOf } from './works.js';

/** Class by class. */
export interface PlannedNodes extends QueueValues {
  /** The larger of launch and GPU time. */
  readonly latencyS: Float64Array;
  /** Static power times latency, and the dynamic energy. */
  readonly wallJ: Float64Array;
}

export function planNodes(fitted: FittedQueue, forest: Forest, clockAt: ClockOf): PlannedNodes {
  const values = queueValues(fitted, worksOf(forest, fitted.tiling).all, forest.type.length, clockAt);
  const latencyS = values.launchS.map((launchS, c) => Math.max(launchS, values.gpuS[c]));
  return { ...values, latencyS, wallJ: latencyS.map((time, c) => values.staticW[c] * time + values.dynamicJ[c]) };
}

/**
 * For each class the one whose shape was measured. Nodes of different shapes may share a measurement (METHODS 2, traps):
 * a primitive is scored as the shape that was run, while inside a module its true shape counts.
 */
export function measuredShapes(forest: Forest): Int32Array {
  const { measurement, ran } = forest;
  const runOf = new Map<number, number>();
  ran.forEach((was, c) => was && runOf.set(measurement[c], c));
  return measurement.map((of, c) => (isLeaf(forest, c) ? (runOf.get(of) ?? c) : c));
}

const groups: readonly (readonly [string, (term: DynamicTerm) => boolean])[] = [
  ['products with weights', (term) => /^(linear|conv1d|split|output)/.test(term)],
  ['products in attention', (term) => term.startsWith('matmul')],
  ['other kernels', (term) => !/^(linear|conv1d|split|output|matmul)/.test(term)],
];

/** Static power times latency, and the dynamic energy by what causes it, J; they add up to the class's energy. */
export function plannedSummands(fitted: FittedQueue, forest: Forest, planned: PlannedNodes, c: number): Summand[] {
  const amounts = worksOf(forest, fitted.tiling).all.subarray(c * workWidth + dynamicAt, (c + 1) * workWidth);
  const joules = dynamicTerms.map((term, k) => fitted.constants.dynamic_mj[term] * amounts[k]);
  // The clock scales them all alike.
  const scale = planned.dynamicJ[c] / joules.reduce((sum, value) => sum + value, 0);
  const dynamic = groups.flatMap(([name, belongs]) => {
    const wallJ = joules.reduce((sum, value, k) => (belongs(dynamicTerms[k]) ? sum + value * scale : sum), 0);
    return wallJ > 0 ? [{ name, wallJ, child: null }] : [];
  });
  return [{ name: 'static power × latency', wallJ: planned.staticW[c] * planned.latencyS[c], child: null }, ...dynamic];
}
