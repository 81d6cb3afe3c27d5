/** What trains the weights of a tree's regressor: the project's own kernel, or tfjs by automatic differentiation. */
import type { Forest } from './forest.js';
import type { ObjectiveName } from './objectives.js';

export const engineNames = ['kernel', 'tfjs'] as const;
export type EngineName = (typeof engineNames)[number];

/** What one fold trains on. */
export interface Lesson {
  readonly forest: Forest;
  /** Indices of workloads with a tree: one step each, in this order, every epoch. */
  readonly trees: readonly number[];
  /** Monomials of every class, row-major. */
  readonly x: Float32Array;
  readonly terms: number;
  readonly objective: ObjectiveName;
  /** What each leaf class passes up, J (0 for inner classes). */
  readonly leafJ: Float64Array;
  readonly tau: number;
}

export interface Training {
  readonly epochs: number;
  readonly learningRate: number;
  /** Called before each step, for comparison with another implementation. Slow: copies everything. */
  readonly trace?: (step: Step) => void;
}

/** One step of one seed's training, as it was before the weights moved; the bias is the last weight. */
export interface Step {
  /** Which of the initial weights' seeds: its position for an engine, the seed itself for a problem's trace. */
  readonly seed: number;
  /** Index of the workload. */
  readonly tree: number;
  readonly loss: number;
  readonly weights: Float64Array;
  readonly gradient: Float64Array;
}

export interface Engine {
  readonly name: EngineName;
  /** The trained weights for each of the initial ones (bias last), seed by seed. */
  readonly train: (lesson: Lesson, initial: readonly Float64Array[], training: Training) => Float64Array[];
}

/** The engine of a name, loaded when it is needed. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  if (name === 'kernel') return (await import('./kernel.js')).kernel;
  return (await import('./tfjs.js')).loadTfjs();
}
