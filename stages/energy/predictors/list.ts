/**
 * The predictors, in the order of the tables. Adding one is a file beside this one and a line here: what was measured
 * of the model it predicts (`setting`), the variants it comes in, whether it draws random numbers, and where it is.
 */
import type { FeatureName, FeatureSet } from './feature_sets.js';
import { variants, type Predictor, type Setting, type Variant } from './predictor.js';

export interface PredictorEntry {
  readonly about: string;
  readonly setting: Setting;
  /** The setting of its primitives' predictions; absent where it predicts none. */
  readonly leafSetting?: Setting;
  readonly variants: readonly Variant[];
  readonly random: boolean;
  /** Takes no feature set, but what it was made for: its features are `all` in every table. */
  readonly ownFeatures?: boolean;
  /** What of those must have been measured, besides wall energy and latency. */
  readonly needs?: readonly FeatureName[];
  /** Goes by what the nodes compute: needs `nodes` and `operators`. */
  readonly computations?: boolean;
  /** Can be fitted where some nodes of a tree were not measured. */
  readonly partial?: boolean;
  readonly load: () => Promise<Predictor>;
}

// prettier-ignore
export const predictors = {
  end2end: { about: 'weighted sums up the tree, learned through the whole tree (the paper’s IrEne)', setting: 'children', leafSetting: 'profiled', variants, random: true, load: async () => (await import('./end2end.js')).end2end },
  stepwise: { about: 'weighted sums up the tree, each learned from the measured children', setting: 'children', leafSetting: 'profiled', variants, random: true, load: async () => (await import('./stepwise.js')).stepwise },
  predicted_sum: { about: 'plain sums of the predicted primitives', setting: 'children', leafSetting: 'profiled', variants, random: false, load: async () => (await import('./predicted_sum.js')).predictedSum },
  unstructured: { about: 'one regression for every module and model, trained like end2end', setting: 'profiled', variants, random: true, load: async () => (await import('./unstructured.js')).unstructured },
  unstructured_ols: { about: 'one linear regression for every module and model, in closed form', setting: 'profiled', variants, random: false, load: async () => (await import('./unstructured_ols.js')).unstructuredOls },
  law: { about: 'wall = η·GPU + P₀·latency: two constants for every node of every level', setting: 'profiled', leafSetting: 'profiled', variants: ['clean'], random: false, ownFeatures: true, needs: ['gpu_j'], partial: true, load: async () => (await import('./law.js')).law },
  children: { about: 'measured children, and what a node runs itself by the launch-queue model', setting: 'children', variants: ['clean'], random: false, ownFeatures: true, needs: ['gpu_j'], computations: true, partial: true, load: async () => (await import('./children.js')).children },
  composition: { about: 'measured primitives, and what modules run themselves by the launch-queue model', setting: 'primitives', leafSetting: 'profiled', variants: ['clean'], random: false, ownFeatures: true, needs: ['gpu_j'], computations: true, partial: true, load: async () => (await import('./composition.js')).composition },
  planned: { about: 'launch-queue model of the specification alone', setting: 'planned', leafSetting: 'planned', variants: ['clean'], random: false, ownFeatures: true, computations: true, partial: true, load: async () => (await import('./planned.js')).planned },
  planned_catalogue: { about: 'the same, with primitives of equal computation as they were measured in other models', setting: 'planned', leafSetting: 'planned', variants: ['clean'], random: false, ownFeatures: true, computations: true, load: async () => (await import('./planned_catalogue.js')).plannedCatalogue },
  planned_clock: { about: 'launch-queue model of the specification, with the GPU’s clock told', setting: 'planned', leafSetting: 'planned', variants: ['clean'], random: false, ownFeatures: true, needs: ['gpu_clk_mhz'], computations: true, partial: true, load: async () => (await import('./planned_clock.js')).plannedClock },
} as const satisfies Record<string, PredictorEntry>;

export type PredictorName = keyof typeof predictors;
export const predictorNames = Object.keys(predictors) as PredictorName[];

/** Those that can be fitted where some nodes of a tree were not measured. */
export const partialPredictors = predictorNames.filter((name) => (predictors[name] as PredictorEntry).partial);

/** Whether a predictor goes by what the nodes compute; one of the user's own may. */
export const needsComputations = (name: string): boolean => {
  const entry: PredictorEntry | undefined = predictors[name as PredictorName];
  return entry === undefined || Boolean(entry.computations);
};

/** The columns that a predictor on a feature set cannot do without. */
export const neededColumns = (
  { ownFeatures, needs = [] }: PredictorEntry,
  { columns }: FeatureSet,
): readonly FeatureName[] => (ownFeatures ? needs : columns);
