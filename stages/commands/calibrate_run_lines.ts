/** A calibration by a run as people read it: what its joules are made of and of what they are, then how sure that is. */
import { alignColumns } from '../../pipeline/terminal.js';
import { energyOf } from '../energy/predictors/predicted_energy.js';
import type { Coverage, PredictorFile } from '../energy/predictors/predictor_file.js';
import { equation } from './calibrate_lines.js';
import { leadOf, significant } from './figures.js';

type Fitted = PredictorFile['predictors'];

/** The wall-power law as an equation, from its parts. */
function lawLine({ constants = {}, 'constants/sd': sd = {} }: NonNullable<Fitted['law']>): string {
  const read = (of: Readonly<Record<string, number>>) => ({
    eta: of.eta,
    restW: of.rest_w,
    cpu: of.cpu_w_per_pct ?? null,
  });
  return equation({ ...read(constants), sd: read(sd), cpuTerm: 'cpu_w_per_pct' in constants ? 'cpu_w_per_pct' : null });
}

/** Of a bench that has no such law, for it lacks the meter or the GPU. */
const staticLine = ({ planned }: Fitted): string =>
  `${significant(planned?.static_w?.static_w ?? NaN)} W × time + what the kernels take`;

const coverageCells = (rows: readonly Coverage[]): string[] =>
  rows
    .filter(({ split }) => split === 'leave_model_out')
    .map(
      ({ level, empirical_pct, nominal_pct }) =>
        `${level}: ${empirical_pct.toFixed(0)} % in ${nominal_pct} % intervals`,
    );

export function calibrationLines(file: PredictorFile): string {
  const { bench, source, predictors, coverage } = file;
  const counts = Object.entries(predictors).map(([name, parts = {}]) => [
    name,
    `${Object.values(parts).reduce((sum, terms) => sum + Object.keys(terms).length, 0)} numbers`,
    ...coverageCells(coverage.filter(({ predictor }) => predictor === name)),
  ]);
  const answer = predictors.law ? lawLine(predictors.law) : staticLine(predictors);
  return `${leadOf({ energy: energyOf(file) })}${answer} (${bench}: ${source})\n\n${alignColumns(counts)}`;
}
