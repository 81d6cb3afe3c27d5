/** How far off the models are that were kept back, as people read it. */
import { alignColumns } from '../../pipeline/terminal.js';
import type { LeftOutError } from '../energy/calibration/models_left_out.js';
import { levels, type Level } from '../energy/predictors/forest.js';

/** Its predictor as it is to be named. */
type Shown = Pick<LeftOutError, 'model' | 'level' | 'mean_pct'> & { readonly predictor: string };

const shownLevels: Readonly<Record<Level, string>> = { ml: 'primitives', module: 'modules', model: 'whole model' };

const pct = (value: number): string => `${value.toFixed(value < 9.95 ? 1 : 0)} %`;

/** A line for each predictor and model in the order of the errors, the levels beside each other; empty without errors. */
export function keptBackLines(errors: readonly Shown[]): string {
  if (errors.length === 0) return '';
  const keys = [...new Map(errors.map((one) => [`${one.predictor}\n${one.model}`, one])).values()];
  const rows = keys.map(({ predictor, model }) => [
    predictor,
    model,
    ...levels.map((level) => {
      const found = errors.find((one) => one.predictor === predictor && one.model === model && one.level === level);
      return found ? pct(found.mean_pct) : '–';
    }),
  ]);
  const heading = ['predictor', 'kept back', ...levels.map((level) => shownLevels[level])];
  const title = 'mean error of each model, predicted from the others';
  return `${title}\n${alignColumns([heading, ...rows], new Set([2, 3, 4]))}`;
}
