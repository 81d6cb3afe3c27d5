/** A bench as a prediction needs it: its name and what of the predictors is fitted there. */
import { predictors, type PredictorName } from '../predictors/list.js';
import { energyOf, type PredictedEnergy } from '../predictors/predicted_energy.js';
import type { Fitted, Predictor } from '../predictors/predictor.js';
import { fittedOf, type PredictorFile } from '../predictors/predictor_file.js';

export interface FittedPredictor {
  readonly predictor: Predictor;
  readonly fitted: Fitted;
}

export interface FittedBench {
  readonly name: string;
  /** Where what was fitted was measured, as printed. */
  readonly source: string;
  /** What its predictors tell: joules at the wall, or the GPU's alone. */
  readonly energy: PredictedEnergy;
  /** Predictors that are fitted there. */
  readonly predictors: readonly string[];
  /** One of them; null where it is not fitted there. */
  readonly open: (predictor: string) => Promise<FittedPredictor | null>;
}

/** The bench whose predictors a file holds. */
export const fittedBench = (name: string, file: PredictorFile): FittedBench => ({
  name,
  source: file.source,
  energy: energyOf(file),
  predictors: Object.keys(file.predictors),
  async open(predictor) {
    const fitted = predictor in predictors ? fittedOf(file, predictor as PredictorName) : null;
    return fitted && { predictor: await predictors[predictor as PredictorName].load(), fitted };
  },
});
