/**
 * What end2end, stepwise and unstructured share: one linear layer over all monomials of a node's z-scores, trained
 * tree by tree, for several seeds at once (METHODS 2).
 */
import type { Lesson } from './engine.js';
import { classesOf, selectFeatures, type Forest, type Workload } from './forest.js';
import { drawWeights } from './initial.js';
import type { ObjectiveName } from './objectives.js';
import { partOf, readScaler, scalerParts, single } from './parts.js';
import { expand, polynomial, treeDegree } from './polynomial.js';
import type { Fitted, Part, Problem } from './predictor.js';
import type { Fold } from './splits.js';
import { fitScaler, type Scaler } from './standardise.js';

/**
 * The scaler sees one row for each key of the tree, with the rows that have no tree: of all models in the paper's
 * variant, of the training models in the clean one.
 */
export function treeScaler({ forest, features: { columns }, variant }: Problem, { heldOut }: Fold): Scaler {
  const seen = variant === 'paper' ? forest.workloads : forest.workloads.filter((workload) => !heldOut(workload));
  const values = selectFeatures(forest, columns, variant);
  return fitScaler(values, columns.length, classesOf(seen), forest.keys);
}

/** The classes that have an output: of trees those with a parent, else the inner ones. */
const classesWithOutput = (objective: ObjectiveName, workloads: readonly Workload[]): Int32Array =>
  classesOf(workloads, objective === 'unstructured' ? 'inner' : 'weighted');

/** Trains every fold for every seed. `leafJ` gives what the leaves pass up, `others` the fold's other constants. */
export function* trainFolds(
  problem: Problem,
  objective: ObjectiveName,
  leafJ: (fold: number) => Float64Array,
  others: (fold: number) => readonly Part[],
): Generator<Fitted> {
  const { forest, variant, folds, seeds, engine, epochs, learningRate, tau, trace } = problem;
  const { columns } = problem.features;
  const monomials = polynomial(columns, treeDegree);
  const terms = monomials.terms.length;
  const values = selectFeatures(forest, columns, variant);
  const classes = classesWithOutput(objective, forest.workloads);
  const draw = problem.initialWeights ?? drawWeights;
  let x: Float32Array | undefined;
  for (const [f, fold] of folds.entries()) {
    const scaler = treeScaler(problem, fold);
    // In the paper's variant every fold has the same scaler, and so the same monomials.
    if (!x || variant === 'clean') x = expand(values, classes, scaler, monomials);
    const lesson: Lesson = { forest, trees: trainingTrees(forest, fold), x, terms, objective, leafJ: leafJ(f), tau };
    const initial = seeds.map((seed) => draw(fold.name, seed, terms));
    const trained = engine.train(lesson, initial, {
      epochs,
      learningRate,
      ...(trace ? { trace: (step) => trace(fold.name, { ...step, seed: seeds[step.seed] }) } : {}),
    });
    yield {
      variant,
      fold: fold.name,
      shared: [...scalerParts('tree', columns, scaler), single('tree/tau', tau), ...others(f)],
      seeds: seeds.map((seed, s) => ({ seed, parts: weightParts(monomials.terms, trained[s]) })),
    };
  }
}

const trainingTrees = ({ workloads }: Forest, { heldOut }: Fold): number[] =>
  workloads.flatMap((workload, w) => (heldOut(workload) || workload.inner === workload.end ? [] : [w]));

const weightParts = (terms: readonly string[], weights: Float64Array): Part[] => [
  { name: 'tree/weight', terms, values: weights.subarray(0, -1) },
  single('tree/bias', weights.at(-1)!),
];

/** The layer's output for the classes of some workloads that have one, seed by seed; 0 elsewhere in the forest. */
export function linearOutputs(
  { shared, seeds, variant }: Fitted,
  objective: ObjectiveName,
  forest: Forest,
  workloads: readonly Workload[],
): Float64Array[] {
  const { terms: columns } = partOf(shared, 'tree/mean');
  const classes = classesWithOutput(objective, workloads);
  const monomials = polynomial(columns, treeDegree);
  const x = expand(selectFeatures(forest, columns, variant), classes, readScaler(shared, 'tree'), monomials);
  const terms = monomials.terms.length;
  return seeds.map(({ parts }) => {
    const weights = partOf(parts, 'tree/weight').values;
    const bias = partOf(parts, 'tree/bias').values[0];
    const outputs = new Float64Array(forest.type.length);
    for (const c of classes) {
      let sum = 0;
      for (let t = 0, at = c * terms; t < terms; t++) sum += x[at + t] * weights[t];
      outputs[c] = sum + bias;
    }
    return outputs;
  });
}
