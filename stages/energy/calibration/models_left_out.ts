/**
 * How well each model of a run is predicted from the others, and how often the intervals hold: what an evaluation tells
 * of wall joules (tables `errors` and `coverage`), for a run that has none to evaluate.
 */
import { levels, type Forest, type Level } from '../predictors/forest.js';
import { intervalParts, intervalsOf } from '../predictors/intervals.js';
import { predictors, type PredictorEntry, type PredictorName } from '../predictors/list.js';
import type { Fitted, Predictor, Problem, Setting } from '../predictors/predictor.js';
import type { Coverage } from '../predictors/predictor_file.js';
import { foldsOf, splitProblem, type Fold } from '../predictors/splits.js';
import { nominal_pct, rounded } from './coverage.js';
import { productProblem } from './fit_product.js';

/** Errors of one model that was left out, at one level. */
export interface LeftOutError {
  readonly model: string;
  readonly predictor: PredictorName;
  readonly setting: Setting;
  readonly level: Level;
  /** Nodes that were measured, and predicted. */
  readonly n: number;
  readonly mean_pct: number;
  readonly max_pct: number;
}

export interface ModelsLeftOut {
  readonly errors: readonly LeftOutError[];
  readonly coverage: readonly Coverage[];
}

/** A class that was predicted while its model was left out. */
interface Judged {
  readonly model: string;
  readonly level: Level;
  readonly nodes: number;
  readonly error_pct: number;
  readonly isHeld: boolean;
  /** NaN where it has no interval. */
  readonly halfWidth_pct: number;
}

const split = 'leave_model_out';

/** Leaves out each model in turn; nothing comes of a single one. Of what is left out nothing reaches a fit or an interval. */
export async function modelsLeftOut(forest: Forest, names: readonly PredictorName[]): Promise<ModelsLeftOut> {
  if (splitProblem(split, forest.workloads) !== null) return { errors: [], coverage: [] };
  const problem = await productProblem(forest, foldsOf(split, forest.workloads));
  const errors: LeftOutError[] = [];
  const coverage: Coverage[] = [];
  for (const name of names) {
    const judged = await judge(problem, name);
    for (const level of levels) {
      const own = judged.filter((one) => one.level === level);
      errors.push(...errorsOf(name, level, own));
      const bounded = own.filter(({ halfWidth_pct }) => !Number.isNaN(halfWidth_pct));
      if (bounded.length > 0) coverage.push({ predictor: name, split, level, ...coverageOf(bounded) });
    }
  }
  return { errors, coverage };
}

async function judge(problem: Problem, name: PredictorName): Promise<Judged[]> {
  const predictor = await predictors[name].load();
  return [...predictor.fit(problem)].flatMap((fitted, i) => {
    const fold = problem.folds[i];
    const shared = [...fitted.shared, ...intervalParts(predictor, problem, fold)];
    return judgeFold(predictor, { ...fitted, shared }, problem.forest, fold);
  });
}

function judgeFold(predictor: Predictor, fitted: Fitted, forest: Forest, { name: model, heldOut }: Fold): Judged[] {
  const { classes, extrapolated, draws } = predictor.predict(fitted, forest, forest.workloads.filter(heldOut));
  const [{ wallJ: predictedJ }] = draws;
  const intervals = intervalsOf(fitted, forest, classes, predictedJ, extrapolated);
  return Array.from(classes, (c, i): Judged => {
    const measuredJ = forest.wallJ[c];
    const [lowJ, highJ] = intervals ? [intervals.lowJ[i], intervals.highJ[i]] : [NaN, NaN];
    return {
      model,
      level: levels[forest.level[c]],
      nodes: forest.nodes[c],
      error_pct: 100 * Math.abs(predictedJ[i] / measuredJ - 1),
      isHeld: measuredJ >= lowJ && measuredJ <= highJ,
      halfWidth_pct: predictedJ[i] > 0 ? (50 * (highJ - lowJ)) / predictedJ[i] : NaN,
    };
  }).filter(({ error_pct }) => Number.isFinite(error_pct)); // what was not measured has no error
}

const count = (of: readonly Judged[]): number => of.reduce((sum, { nodes }) => sum + nodes, 0);

/** Nodes count alike: a class stands for all that are equal. */
const mean = (of: readonly Judged[], value: (one: Judged) => number): number =>
  of.reduce((sum, one) => sum + one.nodes * value(one), 0) / count(of);

function errorsOf(name: PredictorName, level: Level, judged: readonly Judged[]): LeftOutError[] {
  const entry: PredictorEntry = predictors[name];
  const setting = (level === 'ml' && entry.leafSetting) || entry.setting;
  return [...new Set(judged.map(({ model }) => model))].map((model) => {
    const own = judged.filter((one) => one.model === model);
    const mean_pct = mean(own, ({ error_pct }) => error_pct);
    const max_pct = Math.max(...own.map(({ error_pct }) => error_pct));
    return { model, predictor: name, setting, level, n: count(own), mean_pct, max_pct };
  });
}

const coverageOf = (judged: readonly Judged[]): Omit<Coverage, 'predictor' | 'split' | 'level'> => ({
  n: count(judged),
  nominal_pct,
  empirical_pct: rounded(100 * mean(judged, ({ isHeld }) => (isHeld ? 1 : 0))),
  half_width_pct: rounded(mean(judged, ({ halfWidth_pct }) => halfWidth_pct)),
});
