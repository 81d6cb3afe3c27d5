/**
 * Prediction intervals by split-conformal calibration (Vovk et al. 2005; Lei et al. 2018) over what is held out inside a
 * fold's training data: the predictor is fitted again without each training model in turn, and how far it is off there
 * is how far it may be off elsewhere. Nothing of the fold's held-out data is looked at.
 *
 * What is exchangeable is the model, not the row. So every held-out model weighs the same (pooled distribution functions;
 * Dunn, Wasserman and Ramdas 2018). With few models that covers a little less than it states, since models differ; so
 * the level is raised until the procedure, tried on each calibration model with the others, covers as stated.
 */
import { power } from '../power.js';
import { levels, type Forest, type Workload } from './forest.js';
import type { Fitted, Part, Predictor, Problem } from './predictor.js';
import { nestedFolds, type Fold } from './splits.js';

/** Stated coverage: the project's (issue 5). */
export const nominalCoverage = 0.9;

/**
 * How much wider an interval is where the prediction is extrapolated and too little in training was, to learn it from.
 * Assumed: without a family (planned.md 3), errors are about twice those without a model.
 */
export const assumedWidening = 3;

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
 * falls by its power `exponent`. None for a level that the predictor does not predict, or where one model is trained; none
 * either where no width is enough, for much of what was held out was predicted to take nothing.
 */
export function intervalParts(predictor: Predictor, problem: Problem, fold: Fold): Part[] {
  const held = heldOutPredictions(predictor, problem, fold);
  return levels.flatMap((level, l) => {
    const rows = held.filter((row) => row.level === l && row.wallJ > 0);
    const values = rows.length > 0 ? calibrate(rows) : null;
    return values?.every(Number.isFinite) ? [{ name: `interval/${level}`, terms, values }] : [];
  });
}

/** A predictor's fits by what they hold out: two folds of one problem share those that hold out a model of each. */
const fits = new WeakMap<Problem, Map<Predictor, Map<string, Fitted>>>();

function fitsOf(problem: Problem, predictor: Predictor): Map<string, Fitted> {
  const byPredictor = fits.get(problem) ?? new Map<Predictor, Map<string, Fitted>>();
  const known = byPredictor.get(predictor) ?? new Map<string, Fitted>();
  fits.set(problem, byPredictor.set(predictor, known));
  return known;
}

function heldOutPredictions(predictor: Predictor, problem: Problem, outer: Fold): Held[] {
  const { forest } = problem;
  const known = fitsOf(problem, predictor);
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
  const base = new Calibration(plain.length > 0 ? plain : rows);
  const { exponent, halfWidth } = base.choose(base.level);
  const outside = rows.filter(({ extrapolated }) => extrapolated);
  const enough = outside.length >= fewestRows && new Set(outside.map(({ group }) => group)).size >= fewestGroups;
  const own = enough ? new Calibration(outside, [exponent]).halfWidth : assumedWidening * halfWidth;
  return Float64Array.of(nominalCoverage, exponent, halfWidth, Math.max(halfWidth, own));
}

const unit = (joules: number, exponent: number): number => power(Math.abs(joules), 1 - exponent);

/** An error in its unit, with its weight: the groups weigh the same. */
export interface Score {
  readonly error: number;
  readonly weight: number;
  readonly group: number;
}

/** The choice of an exponent and a half-width, from rows that were held out. */
class Calibration {
  private readonly groups: readonly number[];
  private readonly scores: readonly (readonly Score[])[];
  /** For each exponent, of each group: Σ nodes/|P|^exponent and Σ nodes. */
  private readonly widths: readonly ReadonlyMap<number, readonly [number, number]>[];

  constructor(
    rows: readonly Held[],
    private readonly choices: readonly number[] = exponents,
  ) {
    const total = new Map<number, number>();
    for (const { group, nodes } of rows) total.set(group, (total.get(group) ?? 0) + nodes);
    this.groups = [...total.keys()];
    this.scores = choices.map((exponent) =>
      rows
        .map(({ wallJ, predictedJ, group, nodes }) => ({
          error: Math.abs(wallJ - predictedJ) / unit(predictedJ, exponent),
          weight: nodes / total.get(group)!,
          group,
        }))
        .sort((a, b) => a.error - b.error),
    );
    this.widths = choices.map((exponent) => {
      const sums = new Map<number, readonly [number, number]>();
      for (const { group, nodes, predictedJ } of rows) {
        const [sum, count] = sums.get(group) ?? [0, 0];
        sums.set(group, [sum + nodes / power(Math.abs(predictedJ), exponent), count + nodes]);
      }
      return sums;
    });
  }

  /** The narrowest intervals of a level, without one group. */
  choose(level: number, without = -1): { readonly exponent: number; readonly halfWidth: number; readonly at: number } {
    let best = { exponent: NaN, halfWidth: NaN, at: 0, mean: Infinity };
    this.choices.forEach((exponent, at) => {
      const halfWidth = pooled(this.scores[at], level, without);
      const mean = halfWidth * this.meanUnit(at, without);
      if (!(mean >= best.mean)) best = { exponent, halfWidth, at, mean };
    });
    return best;
  }

  /** The lowest level at which each group, held against the choice that the others make, is covered as stated. */
  get level(): number {
    return raisedLevel(this.groups, (level, own) => {
      const { at, halfWidth } = this.choose(level, own);
      return coveredShare(this.scores[at], own, halfWidth);
    });
  }

  get halfWidth(): number {
    return this.choose(this.level).halfWidth;
  }

  /** Mean half-width of a relative width of 1 at 1 J, as a part of the prediction; nodes count alike. */
  private meanUnit(at: number, without: number): number {
    let [sum, count] = [0, 0];
    for (const [group, [own, nodes]] of this.widths[at]) {
      if (group === without) continue;
      sum += own;
      count += nodes;
    }
    return sum / count;
  }
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

/** The share of a group's weight whose errors are not above a limit. */
export const coveredShare = (scores: readonly Score[], own: number, limit: number): number =>
  scores.reduce((sum, { error, weight, group }) => sum + (group === own && error <= limit ? weight : 0), 0);

/** The lowest level at which the groups are covered as stated on average; `covered` tells what share of one is. */
export function raisedLevel(groups: readonly number[], covered: (level: number, group: number) => number): number {
  if (groups.length < 2) return nominalCoverage;
  const steps = Math.round((1 - nominalCoverage) / levelStep);
  for (let step = 0; step < steps; step++) {
    const level = nominalCoverage + step * levelStep;
    const sum = groups.reduce((total, group) => total + covered(level, group), 0);
    if (sum >= nominalCoverage * groups.length) return level;
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
