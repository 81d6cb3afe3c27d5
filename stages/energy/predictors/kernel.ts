/**
 * The project's own training loop on typed arrays: 32-bit features, 64-bit weights, one tree a step, several seeds in
 * one pass over a tree's features (which then stay in the cache).
 */
import { Adam } from './adam.js';
import { accumulate, multiply, wide } from './dense.js';
import type { Engine, Lesson, Training } from './engine.js';
import { makeScratch, objectives, type Scratch } from './objectives.js';

export const kernel: Engine = {
  name: 'kernel',
  train(lesson, initial, training) {
    const blocks: Block[] = [];
    for (let seed = 0; seed < initial.length;) {
      const lanes = initial.length - seed >= wide ? wide : 1;
      blocks.push(new Block(lesson, seed, initial.slice(seed, seed + lanes), training.learningRate));
      seed += lanes;
    }
    for (let epoch = 0; epoch < training.epochs; epoch++) {
      for (const tree of lesson.trees) for (const block of blocks) block.step(tree, training.trace);
    }
    return blocks.flatMap((block) => block.trained());
  },
};

/** One or `wide` seeds that are trained side by side. */
class Block {
  private readonly lanes: number;
  private readonly weights: Float64Array;
  private readonly gradient: Float64Array;
  private readonly z: Float64Array;
  private readonly dz: Float64Array;
  private readonly scratch: Scratch;
  private readonly adam: Adam;

  constructor(
    private readonly lesson: Lesson,
    private readonly firstSeed: number,
    initial: readonly Float64Array[],
    learningRate: number,
  ) {
    this.lanes = initial.length;
    this.weights = new Float64Array(initial[0].length * this.lanes);
    initial.forEach((weights, lane) => weights.forEach((value, t) => (this.weights[t * this.lanes + lane] = value)));
    this.gradient = new Float64Array(this.weights.length);
    this.scratch = makeScratch(lesson.forest, this.lanes);
    this.z = new Float64Array(this.scratch.alpha.length);
    this.dz = new Float64Array(this.scratch.alpha.length);
    this.adam = new Adam(this.weights, learningRate);
  }

  step(tree: number, trace: Training['trace']): void {
    const { lesson, lanes, z, dz } = this;
    const { rows, differentiate } = objectives[lesson.objective];
    const workload = lesson.forest.workloads[tree];
    const own = { x: lesson.x, terms: lesson.terms, ...rows(workload) };
    multiply(own, this.weights, lanes, z);
    differentiate(lesson, workload, lanes, z, dz, this.scratch);
    accumulate(own, dz, lanes, this.gradient);
    if (trace) this.tell(tree, trace);
    this.adam.step(this.gradient);
  }

  /** The lanes' weights, one array a seed. */
  trained(): Float64Array[] {
    return Array.from({ length: this.lanes }, (_, lane) => this.lane(this.weights, lane));
  }

  private lane(of: Float64Array, lane: number): Float64Array {
    return Float64Array.from({ length: of.length / this.lanes }, (_, t) => of[t * this.lanes + lane]);
  }

  private tell(tree: number, trace: NonNullable<Training['trace']>): void {
    for (let lane = 0; lane < this.lanes; lane++) {
      trace({
        seed: this.firstSeed + lane,
        tree,
        loss: this.scratch.loss[lane],
        weights: this.lane(this.weights, lane),
        gradient: this.lane(this.gradient, lane),
      });
    }
  }
}
