/** How far off a law is on what it was not fitted to: groups left out in turn, and calibrations by ten rows. */
import { thirdTermMustWin } from '../predictors/law.js';
import { Random } from '../random.js';
import { errorsPct, fitLaw, type Form, type Law } from './fit.js';
import { groupsOf, pickPoints, pointsWhere, type Points } from './points.js';
import { absolute, greatest, mean, quantile } from './statistics.js';

/** Errors of every point while its group was left out, in the order of the points. */
export interface LeftOut {
  /** Predicted − measured over measured, %; NaN where the other groups do not tell the terms apart. */
  readonly errorPct: Float64Array;
  readonly meanPct: number;
  readonly medianPct: number;
  readonly worstPct: number;
}

type Choose = (training: Points) => Law | null;

/** More groups than this are left out some at a time: stricter, and as quick for a table of thousands. */
const mostFolds = 100;

/** The same for the choice of the form, which is made within each fold. */
const mostInnerFolds = 20;

/** Leaves out one group after the other (or some at a time); `choose` sees only the others. */
export function leaveGroupsOut(points: Points, choose: Choose, most = mostFolds): LeftOut {
  const errorPct = new Float64Array(points.row.length).fill(NaN);
  const groups = groupsOf(points);
  const foldOf = new Map(groups.map((name, at) => [name, at % most]));
  for (let fold = 0; fold < Math.min(most, groups.length); fold++) {
    const isHeld = (i: number): boolean => foldOf.get(points.group[i]) === fold;
    const law = choose(pointsWhere(points, (i) => !isHeld(i)));
    if (!law) continue;
    const held = Array.from(points.row.keys()).filter(isHeld);
    errorsPct(law, pickPoints(points, held)).forEach((error, k) => (errorPct[held[k]] = error));
  }
  const errors = absolute(errorPct);
  return { errorPct, meanPct: mean(errors), medianPct: quantile(errors, 0.5), worstPct: greatest(errors) };
}

/** A third constant must be told apart from 0: 95 % of a normal distribution. */
const uncertainties = 2;

/** The form that does better on groups of the training points left out; a third constant must be positive. */
export function chooseForm(points: Points): Form {
  if (!points.cpu) return 'two';
  const three = fitLaw(points, 'three');
  if (!three || three.cpu! < uncertainties * three.sd.cpu!) return 'two';
  const [error2, error3] = (['two', 'three'] as const).map(
    (form) => leaveGroupsOut(points, (training) => fitLaw(training, form), mostInnerFolds).meanPct,
  );
  return error3 < (1 - thirdTermMustWin) * error2 || (Number.isNaN(error2) && !Number.isNaN(error3)) ? 'three' : 'two';
}

/** A calibration by this many rows is what METHODS 3 says suffices. */
export const fewRows = 10;

const draws = 1000;

export interface FewRows {
  readonly rows: number;
  readonly draws: number;
  readonly medianPct: number;
  /** 95 % of the draws are not above it. */
  readonly p95Pct: number;
}

/** Mean errors on all other rows of laws fitted to ten rows drawn at random; null where there are too few. */
export function tenRows(points: Points, form: Form): FewRows | null {
  const n = points.row.length;
  if (n < 2 * fewRows) return null;
  const errors: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const random = new Random('calibrate', 'ten rows', draw);
    const order = Array.from(points.row.keys());
    for (let i = 0; i < fewRows; i++) {
      const other = i + Math.floor(random.uniform() * (n - i));
      [order[i], order[other]] = [order[other], order[i]];
    }
    const law = fitLaw(pickPoints(points, order.slice(0, fewRows)), form);
    errors.push(law ? mean(absolute(errorsPct(law, pickPoints(points, order.slice(fewRows))))) : Infinity);
  }
  return { rows: fewRows, draws, medianPct: quantile(errors, 0.5), p95Pct: quantile(errors, 0.95) };
}
