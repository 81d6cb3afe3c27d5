/**
 * `irene-energy/predictor`: what one needs to write a predictor of one's own. Its module exports an `OwnPredictor` as its
 * default and stands in a configuration as `train: { predictors: [law, { module: ./mine.js, name: mine }] }`.
 */
export * from '../../../pipeline/errors.js';
export { featureNames, type FeatureName, type FeatureSet } from './feature_sets.js';
export { classesOf, featureOf, isLeaf, levels, pick, selectFeatures, type Forest, type Level, type Workload } from './forest.js'; // prettier-ignore
export type { OwnPredictor } from './own.js';
export { partOf, single } from './parts.js';
export type { Draw, Fitted, Part, Prediction, Predictor, Problem, Setting, Summand, Variant } from './predictor.js';
export { outsideRanges, rangesOf, type Ranged } from './range.js';
export type { Fold } from './splits.js';
