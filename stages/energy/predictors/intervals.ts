/**
 * Prediction intervals by split-conformal calibration (Vovk et al. 2005; Lei et al. 2018) over what is held out inside a
 * fold's training data: the predictor is fitted again without each training model in turn, and how far it is off there
 * is how far it may be off elsewhere. Nothing of the fold's held-out data is looked at.
 *
 * What is exchangeable is the model, not the row. So every held-out model weighs the same (pooled distribution functions;
 * Dunn, Wasserman and Ramdas 2018). With few models that covers a little less than it states, since models differ; so
 * the level is raised until the procedure, tried on each calibration model with the others, covers as stated.
 */
import { levels, type Forest, type Workload } from './forest.js';
import type { Fitted, Part, Predictor, Problem } from './predictor.js';
import { nestedFolds, type Fold } from './splits.js';

/** Stated coverage: the project's (issue 5). */
export const nominalCoverage = 0.9;

/**
 * How much wider an interval is where the prediction is extrapolated and too little in training was, to learn it from.
 * Assumed: without a family (planned.md 3), errors are about twice those without a model.
 */
export const assumedWidening = 2;

/** Extrapolated calibration rows, and held-out groups that have any, from which on their errors are a sample. */
const fewestRows = 20;
const fewestGroups = 2;

/** The level is raised in steps of this. */
const levelStep = 0.005;

/**
 * An error counts in units of |P|^(1 − exponent): at 0 as a part of the prediction; above, the smaller the prediction
 * the larger part. The exponent whose intervals are the narrowest in training is taken.
 */
const exponents = [0, 1 / 8, 1 / 4, 3 / 8];

const terms = ['coverage', 'exponent', 'half_width', 'half_width_extrapolated'] as const;

/** Intervals of some predictions, as parallel arrays; NaN where nothing was learned for a level. */
export interface Intervals {
  readonly lowJ: Float64Array;
  readonly highJ: Float64Array;
  /** 0…1. */
  readonly coverage: number;
}

/** A prediction of what was held out, beside its measurement. */
interface Held {
  /** Position of the nested fold. */
  readonly group: number;
  readonly level: number;
  readonly nodes: number;
  readonly wallJ: number;
  readonly predictedJ: number;
  readonly extrapolated: boolean;
}

/**
 * Parts `interval/ml`, `interval/module`, `interval/model`: the half-width as a part of the prediction at 1 J, which
 * falls by its power `exponent`. None for a level that the predictor does not predict, or where one model is trained.
 */
export function intervalParts(predictor: Predictor, problem: Problem, fold: Fold): Part[] {
  const held = heldOutPredictions(predictor, problem, fold);
  return levels.flatMap((level, l) => {
    const rows = held.filter((row) => row.level === l && row.wallJ > 0);
    return rows.length === 0 ? [] : [{ name: `interval/${level}`, terms, values: calibrate(rows) }];
  });
}

/** Fits by what they hold out: two folds of one problem share those that hold out a model of each. */
const fits = new WeakMap<Problem, Map<string, Fitted>>();

function heldOutPredictions(predictor: Predictor, problem: Problem, outer: Fold): Held[] {
  const { forest } = problem;
  const known = fits.get(problem) ?? new Map<string, Fitted>();
  fits.set(problem, known);
  return nestedFolds(outer, forest.workloads).flatMap(({ fold, heldOut }, group) => {
    const key = forest.workloads.map((workload) => (fold.heldOut(workload) ? 1 : 0)).join('');
    let fitted = known.get(key);
    // One seed: the spread over seeds is not what an interval is of.
    const alone: Problem = { ...problem, folds: [fold], seeds: problem.seeds.slice(0, 1), trace: undefined };
    if (!fitted) known.set(key, (fitted = [...predictor.fit(alone)][0]));
    return predictedRows(predictor, fitted, forest, heldOut, group);
  });
}

function predictedRows(
  predictor: Predictor,
  fitted: Fitted,
  forest: Forest,
  workloads: readonly Workload[],
  group: number,
): Held[] {
  const { classes, extrapolated, draws } = predictor.predict(fitted, forest, workloads);
  return Array.from(classes, (c, i) => ({
    group,
    level: forest.level[c],
    nodes: forest.nodes[c],
    wallJ: forest.wallJ[c],
    predictedJ: draws[0].wallJ[i],
    extrapolated: extrapolated[i] > 0,
  }));
}

/** The values of a part, from what was predicted of one level. */
function calibrate(rows: readonly Held[]): Float64Array {
  const plain = rows.filter(({ extrapolated }) => !extrapolated);
  const base = plain.length > 0 ? plain : rows;
  let best = { exponent: NaN, halfWidth: NaN, mean: Infinity };
  for (const exponent of exponents) {
    const halfWidth = quantile(base, exponent);
    const mean = meanWidth(base, exponent, halfWidth);
    if (!(mean >= best.mean)) best = { exponent, halfWidth, mean };
  }
  const outside = rows.filter(({ extrapolated }) => extrapolated);
  const enough = outside.length >= fewestRows && new Set(outside.map(({ group }) => group)).size >= fewestGroups;
  const own = enough ? quantile(outside, best.exponent) : assumedWidening * best.halfWidth;
  return Float64Array.of(nominalCoverage, best.exponent, best.halfWidth, Math.max(best.halfWidth, own));
}

const unit = (joules: number, exponent: number): number => Math.abs(joules) ** (1 - exponent);

/** Mean half-width as a part of the prediction, nodes counting alike. */
function meanWidth(rows: readonly Held[], exponent: number, halfWidth: number): number {
  let [total, nodes] = [0, 0];
  for (const row of rows) {
    total += (row.nodes * halfWidth) / Math.abs(row.predictedJ) ** exponent;
    nodes += row.nodes;
  }
  return total / nodes;
}

/** An error in its unit, with its weight: the groups weigh the same. */
export interface Score {
  readonly error: number;
  readonly weight: number;
  readonly group: number;
}

/** The error that covers as stated. */
function quantile(rows: readonly Held[], exponent: number): number {
  const total = new Map<number, number>();
  for (const { group, nodes } of rows) total.set(group, (total.get(group) ?? 0) + nodes);
  const sorted = rows
    .map(({ wallJ, predictedJ, group, nodes }) => ({
      error: Math.abs(wallJ - predictedJ) / unit(predictedJ, exponent),
      weight: nodes / total.get(group)!,
      group,
    }))
    .sort((a, b) => a.error - b.error);
  return pooled(sorted, raisedLevel(sorted, [...total.keys()]));
}

/** The error that is not exceeded by a share of the weight, without one group. */
export function pooled(sorted: readonly Score[], level: number, without = -1): number {
  let [all, sum] = [0, 0];
  for (const { weight, group } of sorted) if (group !== without) all += weight;
  let last = NaN;
  for (const { error, weight, group } of sorted) {
    if (group === without) continue;
    sum += weight;
    last = error;
    if (sum >= level * all * (1 - 1e-12)) break; // sums of weights are rounded
  }
  return last;
}

/** The lowest level at which each group, held against the others, is covered as stated on average. */
export function raisedLevel(sorted: readonly Score[], groups: readonly number[]): number {
  if (groups.length < 2) return nominalCoverage;
  const steps = Math.round((1 - nominalCoverage) / levelStep);
  for (let step = 0; step < steps; step++) {
    const level = nominalCoverage + step * levelStep;
    const covered = groups.map((own) => {
      const limit = pooled(sorted, level, own);
      return sorted.reduce((sum, { error, weight, group }) => sum + (group === own && error <= limit ? weight : 0), 0);
    });
    if (covered.reduce((sum, share) => sum + share, 0) >= nominalCoverage * groups.length) return level;
  }
  return 1;
}

/** The intervals of predicted classes; null where none were fitted. A low end below nothing is nothing. */
export function intervalsOf(
  { shared }: Fitted,
  forest: Forest,
  classes: Int32Array,
  wallJ: Float64Array,
  extrapolated: Uint8Array,
): Intervals | null {
  const parts = levels.map((level) => shared.find(({ name }) => name === `interval/${level}`));
  const known = parts.find((part) => part !== undefined);
  if (!known) return null;
  const width = Float64Array.from(classes, (c, i) => {
    const values = parts[forest.level[c]]?.values;
    return values ? values[extrapolated[i] > 0 ? 3 : 2] * unit(wallJ[i], values[1]) : NaN;
  });
  return {
    lowJ: wallJ.map((joules, i) => Math.max(0, joules - width[i])),
    highJ: wallJ.map((joules, i) => joules + width[i]),
    coverage: known.values[0],
  };
}
