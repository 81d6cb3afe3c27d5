/**
 * What training minimises: for a tree Σ over its inner nodes ((P − G)/G)², G measured and P predicted (METHODS 2), with
 * its derivative by z, the output of the linear layer. Arrays are [class][lane], counted from the first row of z.
 */
import type { Lesson } from './engine.js';
import type { Forest, Workload } from './forest.js';

export type ObjectiveName = 'end2end' | 'stepwise' | 'unstructured';

/** Working memory for the largest workload, reused from step to step. */
export interface Scratch {
  readonly alpha: Float64Array;
  readonly joules: Float64Array;
  readonly byAlpha: Float64Array;
  readonly byJoules: Float64Array;
  /** Loss of the tree, one a lane. */
  readonly loss: Float64Array;
}

export interface Objective {
  /** The classes of a workload that have a z: those with a parent, or the inner ones. */
  readonly rows: (workload: Workload) => { readonly first: number; readonly count: number };
  /** Reads z, writes its derivative dz and the loss. */
  readonly differentiate: (
    lesson: Lesson,
    workload: Workload,
    lanes: number,
    z: Float64Array,
    dz: Float64Array,
    scratch: Scratch,
  ) => void;
}

export function makeScratch(forest: Forest, lanes: number): Scratch {
  const largest = Math.max(...forest.workloads.map(({ first, end }) => end - first));
  const array = () => new Float64Array(largest * lanes);
  return { alpha: array(), joules: array(), byAlpha: array(), byJoules: array(), loss: new Float64Array(lanes) };
}

/** α = 1 + tanh(z)/τ for `count` values. */
export function weigh(z: Float64Array, tau: number, count: number, alpha: Float64Array): void {
  for (let i = 0; i < count; i++) alpha[i] = 1 + Math.tanh(z[i]) / tau;
}

/** P(n) = Σ α(c)·P(c) from the leaves to the root; `joules` holds the leaves' already. */
export function sumUp(forest: Forest, w: Workload, lanes: number, alpha: Float64Array, joules: Float64Array): void {
  const { childStart, child, copies } = forest;
  for (let c = w.inner; c < w.end; c++) {
    const at = (c - w.first) * lanes;
    joules.fill(0, at, at + lanes);
    for (let e = childStart[c]; e < childStart[c + 1]; e++) {
      const from = (child[e] - w.first) * lanes;
      for (let l = 0; l < lanes; l++) joules[at + l] += copies[e] * alpha[from + l] * joules[from + l];
    }
  }
}

const treeRows = ({ first, weighted }: Workload) => ({ first, count: weighted - first });

/** dα → dz: the derivative of tanh is 1 − tanh². */
function throughTanh(count: number, tau: number, { alpha, byAlpha }: Scratch, dz: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const tanh = (alpha[i] - 1) * tau;
    dz[i] = (byAlpha[i] * (1 - tanh * tanh)) / tau;
  }
}

/** Everything below a node is learned through it: P(c) is what the children predict. */
const end2end: Objective = {
  rows: treeRows,
  differentiate({ forest, leafJ, tau }, w, lanes, z, dz, scratch) {
    const { alpha, joules, byAlpha, byJoules, loss } = scratch;
    const { childStart, child, copies, wallJ, nodes } = forest;
    const weighted = (w.weighted - w.first) * lanes;
    weigh(z, tau, weighted, alpha);
    for (let c = w.first; c < w.inner; c++) joules.fill(leafJ[c], (c - w.first) * lanes, (c - w.first + 1) * lanes);
    sumUp(forest, w, lanes, alpha, joules);
    byAlpha.fill(0);
    byJoules.fill(0);
    loss.fill(0);
    for (let c = w.end - 1; c >= w.inner; c--) {
      const at = (c - w.first) * lanes;
      for (let l = 0; l < lanes; l++) {
        const error = (joules[at + l] - wallJ[c]) / wallJ[c];
        loss[l] += nodes[c] * error * error;
        byJoules[at + l] += (2 * nodes[c] * error) / wallJ[c];
      }
      for (let e = childStart[c]; e < childStart[c + 1]; e++) {
        const to = (child[e] - w.first) * lanes;
        for (let l = 0; l < lanes; l++) {
          const through = copies[e] * byJoules[at + l];
          byAlpha[to + l] += through * joules[to + l];
          byJoules[to + l] += through * alpha[to + l];
        }
      }
    }
    throughTanh(weighted, tau, scratch, dz);
  },
};

/** Each node is learned alone, from its children's measured joules. */
const stepwise: Objective = {
  rows: treeRows,
  differentiate({ forest, tau }, w, lanes, z, dz, scratch) {
    const { alpha, joules, byAlpha, loss } = scratch;
    const { childStart, child, copies, wallJ, nodes } = forest;
    const weighted = (w.weighted - w.first) * lanes;
    weigh(z, tau, weighted, alpha);
    byAlpha.fill(0);
    loss.fill(0);
    for (let c = w.inner; c < w.end; c++) {
      joules.fill(0, 0, lanes);
      for (let e = childStart[c]; e < childStart[c + 1]; e++) {
        const from = (child[e] - w.first) * lanes;
        for (let l = 0; l < lanes; l++) joules[l] += copies[e] * alpha[from + l] * wallJ[child[e]];
      }
      for (let l = 0; l < lanes; l++) {
        const error = (joules[l] - wallJ[c]) / wallJ[c];
        loss[l] += nodes[c] * error * error;
        joules[l] = (2 * nodes[c] * error) / wallJ[c];
      }
      for (let e = childStart[c]; e < childStart[c + 1]; e++) {
        const to = (child[e] - w.first) * lanes;
        for (let l = 0; l < lanes; l++) byAlpha[to + l] += copies[e] * joules[l] * wallJ[child[e]];
      }
    }
    throughTanh(weighted, tau, scratch, dz);
  },
};

/** No tree: P = z. */
const unstructured: Objective = {
  rows: ({ inner, end }) => ({ first: inner, count: end - inner }),
  differentiate({ forest: { wallJ, nodes } }, { inner, end }, lanes, z, dz, { loss }) {
    loss.fill(0);
    for (let c = inner, i = 0; c < end; c++) {
      for (let l = 0; l < lanes; l++, i++) {
        const error = (z[i] - wallJ[c]) / wallJ[c];
        loss[l] += nodes[c] * error * error;
        dz[i] = (2 * nodes[c] * error) / wallJ[c];
      }
    }
  },
};

export const objectives: Readonly<Record<ObjectiveName, Objective>> = { end2end, stepwise, unstructured };
