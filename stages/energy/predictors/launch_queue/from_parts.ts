/**
 * Nodes put together from parts of which something is known and from what they run themselves: launches and kernels of
 * all parts queue up, so that the maximum is taken once, of the sums (research/planned.md 1).
 */
import { isLeaf, type Forest } from '../forest.js';
import type { KnownParts } from './known_parts.js';
import type { FittedQueue } from './fit.js';
import type { PlannedNodes } from './planned_nodes.js';
import type { Summand } from '../predictor.js';
import { loggedClock, queueValues, unknownClock, type QueueValues } from './values.js';
import { worksOf } from './works.js';

/** What the classes run themselves; nothing for a primitive, which is a part. */
export function ownValues(own: FittedQueue, forest: Forest, atLoggedClock: boolean): QueueValues {
  const clockAt = atLoggedClock ? loggedClock(own, forest) : unknownClock;
  const values = queueValues(own, worksOf(forest, own.tiling).own, forest.type.length, clockAt);
  for (const of of [values.launchS, values.gpuS, values.dynamicJ]) {
    for (let c = 0; c < of.length; c++) if (isLeaf(forest, c)) of[c] = 0;
  }
  return values;
}

/** For each class its own value and those of its parts: as they are known, else put together in turn. */
export function sumOfParts(forest: Forest, own: Float64Array, part: Float64Array, known: Uint8Array): Float64Array {
  const { childStart, child, copies } = forest;
  const sums = own.slice();
  for (let c = 0; c < sums.length; c++) {
    if (isLeaf(forest, c)) sums[c] = part[c];
    for (let e = childStart[c]; e < childStart[c + 1]; e++) {
      sums[c] += copies[e] * (known[child[e]] ? part[child[e]] : sums[child[e]]);
    }
  }
  return sums;
}

/** Every class from its parts. */
export function composeNodes(own: QueueValues, forest: Forest, parts: KnownParts): PlannedNodes {
  const launchS = sumOfParts(forest, own.launchS, parts.launchS, parts.known);
  const gpuS = sumOfParts(forest, own.gpuS, parts.gpuS, parts.known);
  const dynamicJ = sumOfParts(forest, own.dynamicJ, parts.dynamicJ, parts.known);
  const latencyS = launchS.map((time, c) => Math.max(time, gpuS[c]));
  const wallJ = latencyS.map((time, c) => own.staticW[c] * time + dynamicJ[c]);
  return { launchS, gpuS, dynamicJ, staticW: own.staticW, latencyS, wallJ };
}

/** The children of a class by what each takes alone, and the rest: what it runs itself, less where work overlaps. */
export function partSummands(forest: Forest, c: number, wholeJ: number, childJ: (c: number) => number): Summand[] {
  const summands: Summand[] = [];
  let rest = wholeJ;
  for (let e = forest.childStart[c]; e < forest.childStart[c + 1]; e++) {
    const [node, copies] = [forest.child[e], forest.copies[e]];
    const wallJ = copies * childJ(node);
    summands.push({ name: forest.types[forest.type[node]], wallJ, child: { node, copies, alpha: 1 } });
    rest -= wallJ;
  }
  return [...summands, { name: 'own kernels, less overlap', wallJ: rest, child: null }];
}
