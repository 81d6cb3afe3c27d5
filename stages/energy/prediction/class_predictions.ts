/** What one predictor says of a forest, by class: energy, interval, latency, reasons, parts. */
import { featureNames } from '../predictors/feature_sets.js';
import { recordWidth, type Forest } from '../predictors/forest.js';
import { intervalsOf } from '../predictors/intervals.js';
import type { Setting } from '../predictors/predictor.js';
import { EnergyParts } from './energy_parts.js';
import type { FittedPredictor } from './fitted_bench.js';

/** What one predictor says, by class of the forest; NaN where it says nothing. */
export interface ClassPredictions {
  readonly setting: Setting;
  readonly predictor: string;
  readonly wallJ: Float64Array;
  readonly lowJ: Float64Array;
  readonly highJ: Float64Array;
  readonly latencyS: Float64Array;
  readonly reasons: readonly (string | null)[];
  readonly parts: EnergyParts;
  readonly coverage: number | null;
}

const latencyColumn = featureNames.indexOf('latency_s');

/** Asks one predictor for all classes; `unlike` says why none of them is like what was measured. */
export function predictClasses(
  { predictor, fitted }: FittedPredictor,
  name: string,
  setting: Setting,
  forest: Forest,
  unlike: string | null,
): ClassPredictions {
  const { classes, extrapolated, reasons, draws } = predictor.predict(fitted, forest, forest.workloads);
  const [{ wallJ, latencyS }] = draws;
  const outside = extrapolated.map((reason) => (reason > 0 || unlike !== null ? 1 : 0));
  const intervals = intervalsOf(fitted, forest, classes, wallJ, outside);
  const empty = (): Float64Array => new Float64Array(forest.type.length).fill(NaN);
  const all = { wallJ: empty(), lowJ: empty(), highJ: empty(), latencyS: empty() };
  const why: (string | null)[] = new Array(forest.type.length).fill(null);
  classes.forEach((c, i) => {
    all.wallJ[c] = wallJ[i];
    all.latencyS[c] = latencyS ? latencyS[i] : forest.records[c * recordWidth + latencyColumn];
    if (intervals) [all.lowJ[c], all.highJ[c]] = [intervals.lowJ[i], intervals.highJ[i]];
    const its = extrapolated[i] > 0 ? reasons[extrapolated[i] - 1] : null;
    why[c] = unlike !== null && its !== null ? `${unlike}; ${its}` : (unlike ?? its);
  });
  const parts = new EnergyParts(forest, (c) => predictor.explain(fitted, forest, c));
  return { setting, predictor: name, ...all, reasons: why, parts, coverage: intervals?.coverage ?? null };
}
