/**
 * What a bench's predictors tell: joules at the wall or, where nothing was metered, the GPU's alone. A predictor does not
 * ask which: its `wallJ` are joules of what it was fitted to (`loadForest`), and whoever prints them says of what they are.
 */
export const predictedEnergies = ['wall_j', 'gpu_j'] as const;
export type PredictedEnergy = (typeof predictedEnergies)[number];

/** Of what a predictor file is: one that does not say so is of the wall. */
export const energyOf = ({ energy = 'wall_j' }: { readonly energy?: PredictedEnergy | undefined }): PredictedEnergy =>
  energy;

/** In words, for messages. */
export const energyInWords: Readonly<Record<PredictedEnergy, string>> = {
  wall_j: 'joules at the wall',
  gpu_j: 'the GPU’s joules alone',
};
