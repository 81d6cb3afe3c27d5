/** The feature sets that the predictors of a configuration are fitted on. */
import { featureSets, type FeatureSet } from '../energy/predictors/feature_sets.js';
import { predictors, type PredictorEntry, type PredictorName } from '../energy/predictors/list.js';
import type { TrainParams } from './stage.js';

/** The feature set a name or a list of the user's own stands for. */
export const resolveFeatures = (value: string | FeatureSet): FeatureSet =>
  typeof value === 'string' ? featureSets.find(({ name }) => name === value)! : value;

/** The feature sets that a predictor is fitted on. */
export const setsOf = ({ features }: TrainParams, predictor: PredictorName): FeatureSet[] =>
  (predictors[predictor] as PredictorEntry).ownFeatures ? [featureSets[0]] : features.map(resolveFeatures);
