/** What `list predictors` tells. */
import { predictors, type PredictorEntry } from './list.js';

export interface PredictorSummary {
  readonly predictor: string;
  readonly about: string;
  /** What is measured of the model it predicts. */
  readonly setting: string;
  readonly variants: readonly string[];
  /** True where its fit draws random numbers. */
  readonly random: boolean;
}

/** All predictors in the order of the tables. */
export function predictorList(): PredictorSummary[] {
  return Object.entries<PredictorEntry>(predictors).map(([predictor, { about, setting, variants, random }]) => ({
    predictor,
    about,
    setting,
    variants,
    random,
  }));
}
