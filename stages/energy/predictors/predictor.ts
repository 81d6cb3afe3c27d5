/**
 * A predictor maps the features of a model tree's nodes to joules. All of them, learned step by step or in closed form,
 * share this face: fit fold by fold, predict the workloads held out, explain one node.
 */
import type { Engine, Step } from './engine.js';
import type { FeatureSet } from './feature_sets.js';
import type { Forest, Workload } from './forest.js';
import type { Fold } from './splits.js';

/** What was measured of the model that is predicted (METHODS 1). */
export const settings = ['profiled', 'children', 'primitives', 'planned'] as const;
export type Setting = (typeof settings)[number];

/** `paper` keeps the original's leaks of the held-out model into training, `clean` has none (METHODS 2). */
export const variants = ['paper', 'clean'] as const;
export type Variant = (typeof variants)[number];

/** Some fitted constants that belong together, e.g. `tree/weight`, each with the term it belongs to. */
export interface Part {
  readonly name: string;
  readonly terms: readonly string[];
  readonly values: Float64Array;
}

/** Everything fitted for one fold: a prediction needs nothing else. */
export interface Fitted {
  readonly variant: Variant;
  readonly fold: string;
  /** What does not depend on a seed. */
  readonly shared: readonly Part[];
  /** What does; empty where nothing is random. */
  readonly seeds: readonly { readonly seed: number; readonly parts: readonly Part[] }[];
}

/** What there is to fit. A predictor takes of it what it needs: one in closed form has no use for seeds. */
export interface Problem {
  readonly forest: Forest;
  readonly features: FeatureSet;
  readonly variant: Variant;
  readonly folds: readonly Fold[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly learningRate: number;
  /** α lies in 1 ± 1/τ. */
  readonly tau: number;
  readonly engine: Engine;
  /** Weights to start from, the bias last, instead of drawn ones: for comparison with another implementation. */
  readonly initialWeights?: (fold: string, seed: number, terms: number) => Float64Array;
  /** Told of every training step, for the same: slow. */
  readonly trace?: (fold: string, step: Step) => void;
}

/** Predictions for some classes of a forest, as parallel arrays. */
export interface Prediction {
  readonly classes: Int32Array;
  /** 0, or where the prediction goes beyond what was trained (range.ts) the position of the reason, counted from 1. */
  readonly extrapolated: Uint8Array;
  /** Why, as people read it: `fitted on no Conv1D`. */
  readonly reasons: readonly string[];
  /** One for each seed; a single one, its seed null, where nothing is random. */
  readonly draws: readonly Draw[];
}

export interface Draw {
  readonly seed: number | null;
  /** Wall energy of one run, J. */
  readonly wallJ: Float64Array;
  /** Time of one run, s; null where the predictor takes it as measured or has none. */
  readonly latencyS: Float64Array | null;
  /** The weight each class has in its parent (meaningless for a root); null where the predictor has none. */
  readonly alpha: Float64Array | null;
}

/** One summand of a predicted energy: a child's joules with its weight, or a term of a regression. */
export interface Summand {
  /** The child's type, or the term; a part of the energy (`GPU`, `rest of the machine`, `launches`). */
  readonly name: string;
  /** What it adds, all copies together, J. */
  readonly wallJ: number;
  /** The child's class, how often it occurs and its weight; null for a term. */
  readonly child: { readonly node: number; readonly copies: number; readonly alpha: number } | null;
}

export interface Predictor {
  /** Fits in the folds' order, each when it is asked for. */
  readonly fit: (problem: Problem) => Iterable<Fitted>;
  /** Predicts the nodes of some workloads: all that the predictor has a prediction for. */
  readonly predict: (fitted: Fitted, forest: Forest, workloads: readonly Workload[]) => Prediction;
  /** The summands that add up to the prediction of one class, by the first seed's constants. */
  readonly explain: (fitted: Fitted, forest: Forest, node: number) => readonly Summand[];
}
