/**
 * How well a bench's models are predicted from each other, and how often their intervals hold: what an evaluation tells of
 * wall joules, for a run that has none to evaluate.
 */
import { levels, type Forest } from '../predictors/forest.js';
import { intervalParts, intervalsOf, nominalCoverage } from '../predictors/intervals.js';
import { predictors, type PredictorName } from '../predictors/list.js';
import type { Coverage } from '../predictors/predictor_file.js';
import { foldsOf, splitProblem } from '../predictors/splits.js';
import { productProblem } from './fit_product.js';

/** Mean error of a model that was kept back, of all its nodes of a level. */
export interface KeptBack {
  readonly model: string;
  readonly predictor: string;
  readonly level: string;
  readonly mean_pct: number;
}

/** One class predicted while its model was kept back. */
interface Judged {
  readonly model: string;
  readonly level: string;
  readonly nodes: number;
  readonly error_pct: number;
  readonly isHeld: boolean;
  readonly halfWidth_pct: number;
}

const split = 'leave_model_out';

/** The errors and the coverage of some predictors; none where there are not two models. */
export async function keptBack(
  forest: Forest,
  names: readonly PredictorName[],
): Promise<{ readonly errors: KeptBack[]; readonly coverage: Coverage[] }> {
  const errors: KeptBack[] = [];
  const coverage: Coverage[] = [];
  if (splitProblem(split, forest.workloads) !== null) return { errors, coverage };
  for (const name of names) {
    const judged = await judge(forest, name);
    for (const level of levels) {
      const own = judged.filter((one) => one.level === level);
      if (own.length === 0) continue;
      for (const model of new Set(own.map((one) => one.model))) {
        const its = own.filter((one) => one.model === model);
        errors.push({ model, predictor: name, level, mean_pct: mean(its, ({ error_pct }) => error_pct) });
      }
      const told = own.filter(({ halfWidth_pct }) => !Number.isNaN(halfWidth_pct));
      if (told.length > 0) coverage.push({ predictor: name, split, level, ...covered(told) });
    }
  }
  return { errors, coverage };
}

const rounded = (value: number): number => Math.round(100 * value) / 100;

/** Over nodes: a class stands for all that are equal. */
function mean(of: readonly Judged[], value: (one: Judged) => number): number {
  const nodes = of.reduce((sum, one) => sum + one.nodes, 0);
  return of.reduce((sum, one) => sum + one.nodes * value(one), 0) / nodes;
}

const covered = (of: readonly Judged[]): Omit<Coverage, 'predictor' | 'split' | 'level'> => ({
  n: of.reduce((sum, { nodes }) => sum + nodes, 0),
  nominal_pct: 100 * nominalCoverage,
  empirical_pct: rounded(100 * mean(of, ({ isHeld }) => (isHeld ? 1 : 0))),
  half_width_pct: rounded(mean(of, ({ halfWidth_pct }) => halfWidth_pct)),
});

async function judge(forest: Forest, name: PredictorName): Promise<Judged[]> {
  const problem = await productProblem(forest, foldsOf(split, forest.workloads));
  const predictor = await predictors[name].load();
  let fold = 0;
  const judged: Judged[] = [];
  for (const one of predictor.fit(problem)) {
    const { name: model, heldOut } = problem.folds[fold];
    const fitted = { ...one, shared: [...one.shared, ...intervalParts(predictor, problem, problem.folds[fold++])] };
    const { classes, extrapolated, draws } = predictor.predict(fitted, forest, forest.workloads.filter(heldOut));
    const [{ wallJ: predictedJ }] = draws;
    const intervals = intervalsOf(fitted, forest, classes, predictedJ, extrapolated);
    classes.forEach((c, i) => {
      const truthJ = forest.wallJ[c];
      if (!(truthJ > 0)) return;
      const [lowJ, highJ] = intervals ? [intervals.lowJ[i], intervals.highJ[i]] : [NaN, NaN];
      judged.push({
        model,
        level: levels[forest.level[c]],
        nodes: forest.nodes[c],
        error_pct: 100 * Math.abs(predictedJ[i] / truthJ - 1),
        isHeld: truthJ >= lowJ && truthJ <= highJ,
        halfWidth_pct: predictedJ[i] > 0 ? (50 * (highJ - lowJ)) / predictedJ[i] : NaN,
      });
    });
  }
  return judged;
}
