/**
 * Model trees as typed arrays, equal nodes merged. A *class* stands for all nodes of one workload with equal features
 * and equal subtrees: the twelve layers of BERT are one class, counted twelve times, so that nothing is computed twice
 * (research/measuring.md 5). Merging changes no result, only the order in which sums are rounded.
 */
import { featureNames, type FeatureName } from './feature_sets.js';
import type { Variant } from './predictor.js';
import type { Operator } from './launch_queue/work.js';

/** Numbers a node's record: all features, in the order of `featureNames`. */
export const recordWidth = featureNames.length;

export const levels = ['ml', 'module', 'model'] as const;
export type Level = (typeof levels)[number];
export const rootLevel = levels.indexOf('model');

/** One model for one batch size and length. Its classes lie together: leaves, then inner ones, children before parents. */
export interface Workload {
  readonly model: string;
  /** Class of the whole model (`BertModel`); for a workload without a root its model's name. */
  readonly family: string;
  readonly batchSize: number;
  readonly length: number;
  /** Leaves are the classes first ≤ c < inner. */
  readonly first: number;
  /** Inner classes are inner ≤ c < end; none where the workload has no tree. */
  readonly inner: number;
  readonly end: number;
  /** Classes that have a parent are first ≤ c < weighted: all but the root, which is the last. */
  readonly weighted: number;
}

/** What the nodes of a forest truly compute. Where it is known, only nodes of equal computations are merged. */
export interface Computations {
  /** For each class: the true computation, as in `nodes`. */
  readonly signature: readonly string[];
  /** For each class: the operators that its node runs itself, in order. */
  readonly operators: readonly (readonly Operator[])[];
}

export interface Forest {
  /** In training order. */
  readonly workloads: readonly Workload[];
  readonly types: readonly string[];
  /** For each class: index into `types`, index into `levels`. */
  readonly type: Int32Array;
  readonly level: Int32Array;
  /** For each class: `recordWidth` numbers. */
  readonly records: Float64Array;
  /** For each class: the measured wall energy of one run, J; the GPU's where that is predicted (predicted_energy.ts). */
  readonly wallJ: Float64Array;
  /** For each class: the measurement that stands for it; classes of different shapes may share one (METHODS 2, traps). */
  readonly measurement: Int32Array;
  /** For each class: 1 where it holds the first node of its measurement, which is the one that was run. */
  readonly ran: Uint8Array;
  /** What its nodes run themselves; null unless it was asked for. */
  readonly computations: Computations | null;
  /** For each class: how many nodes it stands for. */
  readonly nodes: Int32Array;
  /** For each class: how many keys (model, type, batch, length, scope) it stands for; of equal keys the last node's. */
  readonly keys: Int32Array;
  /** The children of class c are `child[childStart[c]] …`, each as many times as `copies` says. */
  readonly childStart: Int32Array;
  readonly child: Int32Array;
  readonly copies: Int32Array;
  /** For each node, in the order in which they were given, its class. */
  readonly classOf: Int32Array;
}

/**
 * The named features, class by class, row-major. In the paper's variant the root has no parameters: the original looks
 * it up by a name that never matches (research/counting.md 3).
 */
export function selectFeatures(forest: Forest, columns: readonly string[], variant: Variant): Float64Array {
  const from = columns.map((column) => (featureNames as readonly string[]).indexOf(column));
  const width = columns.length;
  const parameters = variant === 'paper' ? columns.indexOf('num_parameters') : -1;
  const selected = new Float64Array(forest.type.length * width);
  for (let c = 0; c < forest.type.length; c++) {
    for (let k = 0; k < width; k++) selected[c * width + k] = forest.records[c * recordWidth + from[k]];
    if (parameters >= 0 && forest.level[c] === rootLevel) selected[c * width + parameters] = 0;
  }
  return selected;
}

/** The classes of some workloads, in order: all of them, or only a part of each. */
export function classesOf(
  workloads: readonly Workload[],
  part: 'all' | 'leaves' | 'inner' | 'weighted' = 'all',
): Int32Array {
  const classes: number[] = [];
  for (const { first, inner, weighted, end } of workloads) {
    const to = { all: end, leaves: inner, inner: end, weighted }[part];
    for (let c = part === 'inner' ? inner : first; c < to; c++) classes.push(c);
  }
  return Int32Array.from(classes);
}

/** A feature of a class; NaN where it was not measured. */
export const featureOf = ({ records }: Forest, c: number, name: FeatureName): number =>
  records[c * recordWidth + featureNames.indexOf(name)];

/** Whether a class has no children: the primitives, and modules of which nothing below is known. */
export const isLeaf = ({ childStart }: Forest, c: number): boolean => childStart[c] === childStart[c + 1];

/** The values of some classes. */
export const pick = (of: Float64Array, classes: Int32Array): Float64Array => Float64Array.from(classes, (c) => of[c]);
