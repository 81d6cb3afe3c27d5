/**
 * The interval of a difference in which what both models run alike cancels: a module takes the same energy in either, and
 * so has the same error. Only the modules that differ bring their intervals.
 */
import { freeInterval, intervalOf, sumOf, times, type Interval } from './difference_interval.js';
import { childrenOf, type TreeWork } from './difference_work.js';
import type { PredictedNode } from './predict_model.js';

interface Side {
  readonly nodes: readonly PredictedNode[];
  readonly children: readonly number[][];
  readonly work: TreeWork;
}

/** Nodes of one side that the other side has no equal of, one against one. */
function unlike(from: readonly number[], work: Int32Array, others: readonly number[], otherWork: Int32Array): number[] {
  const left = new Map<number, number>();
  for (const other of others) left.set(otherWork[other], (left.get(otherWork[other]) ?? 0) + 1);
  return from.filter((index) => {
    const count = left.get(work[index]) ?? 0;
    if (count > 0) left.set(work[index], count - 1);
    return count === 0;
  });
}

/** The work of all nodes below one. */
function workBelow(side: Side, index: number, into = new Set<number>()): Set<number> {
  for (const child of side.children[index]) workBelow(side, child, into.add(side.work.whole[child]));
  return into;
}

function haveCommon(a: Side, i: number, b: Side, k: number): boolean {
  const belowB = workBelow(b, k);
  return [...workBelow(a, i)].some((work) => belowB.has(work));
}

function between(a: Side, i: number, b: Side, k: number): Interval | null {
  if (a.work.whole[i] === b.work.whole[k]) return { lowJ: 0, highJ: 0 };
  const restA = unlike(a.children[i], a.work.whole, b.children[k], b.work.whole);
  const restB = unlike(b.children[k], b.work.whole, a.children[i], a.work.whole);
  // Its own kernels have no interval apart from the node's: where they differ, the node counts as a whole.
  if (a.work.own[i] !== b.work.own[k] || !haveCommon(a, i, b, k)) return freeInterval(a.nodes[i], b.nodes[k]);
  const selfJ = b.nodes[k].selfJ - a.nodes[i].selfJ;
  const parts: (Interval | null)[] = [{ lowJ: selfJ, highJ: selfJ }];
  for (const left of restA) {
    const at = restB.findIndex((right) => b.nodes[right].type === a.nodes[left].type);
    if (at < 0) parts.push(times(-1, intervalOf(a.nodes[left])));
    else parts.push(between(a, left, b, restB.splice(at, 1)[0]));
  }
  return sumOf([...parts, ...restB.map((right) => intervalOf(b.nodes[right]))]);
}

/** The second tree less the first; null where a module that differs has no interval. */
export function pairedInterval(
  first: readonly PredictedNode[],
  second: readonly PredictedNode[],
  [firstWork, secondWork]: readonly TreeWork[],
): Interval | null {
  const a = { nodes: first, children: childrenOf(first), work: firstWork };
  const b = { nodes: second, children: childrenOf(second), work: secondWork };
  return between(a, 0, b, 0);
}
