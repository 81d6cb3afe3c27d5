/** How much work of each kind every class of a forest is: alone, and with all that is below it. */
import { levels, type Forest } from '../forest.js';
import type { Tiling } from './gemm.js';
import { dynamicTerms, gpuTerms, launchTerms, type Work } from './launch_queue.js';
import { ownWork } from './work.js';

/** Where the amounts of each kind begin in a row: launches, GPU time, dynamic energy. */
export const launchAt = 0;
export const gpuAt = launchTerms.length;
export const dynamicAt = gpuAt + gpuTerms.length;
/** Amounts a class. */
export const workWidth = dynamicAt + dynamicTerms.length;

/** Amounts of work, class by class, row-major, `workWidth` numbers each. */
export interface Works {
  /** What a class runs itself. */
  readonly own: Float64Array;
  /** The same with all that is below it. */
  readonly all: Float64Array;
}

const rowOf = ({ launch, gpu, dynamic }: Work): Float64Array =>
  Float64Array.from([
    ...launchTerms.map((term) => launch[term]),
    ...gpuTerms.map((term) => gpu[term]),
    ...dynamicTerms.map((term) => dynamic[term]),
  ]);

/** Of a forest the works by tiling: folds and predictors that choose alike share them. */
const known = new WeakMap<Forest, Map<string, Works>>();

/** The works of a forest that knows what its nodes compute. */
export function worksOf(forest: Forest, tiling: Tiling): Works {
  const byTiling = known.get(forest) ?? new Map<string, Works>();
  known.set(forest, byTiling);
  const key = JSON.stringify(tiling);
  let works = byTiling.get(key);
  if (!works) byTiling.set(key, (works = countWorks(forest, tiling)));
  return works;
}

function countWorks(forest: Forest, tiling: Tiling): Works {
  const { computations, workloads, types, type, level, childStart, child, copies } = forest;
  if (!computations) throw new Error('the forest was read without its computations');
  const own = new Float64Array(type.length * workWidth);
  const bySignature = new Map<string, Float64Array>();
  for (const { first, end, length } of workloads) {
    for (let c = first; c < end; c++) {
      const key = `${length}/${computations.signature[c]}`;
      let row = bySignature.get(key);
      if (!row) {
        const node = { type: types[type[c]], level: levels[level[c]], length };
        bySignature.set(key, (row = rowOf(ownWork(node, computations.operators[c], tiling))));
      }
      own.set(row, c * workWidth);
    }
  }
  const all = own.slice();
  // Children stand before their parents.
  for (let c = 0; c < type.length; c++) {
    for (let e = childStart[c]; e < childStart[c + 1]; e++) {
      const from = child[e] * workWidth;
      for (let k = 0; k < workWidth; k++) all[c * workWidth + k] += copies[e] * all[from + k];
    }
  }
  return { own, all };
}
