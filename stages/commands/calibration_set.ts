/**
 * What `calibrate --live` measures: few models and inputs, chosen so that every constant of the launch-queue model is told
 * by some of them (research/planned.md 1). Products of three widths with a bias (two BERTs) and transposed (GPT2), both
 * projections and both products of attention by their true shapes, inputs that wait for launches and inputs that fill
 * the GPU, all element-wise kernels, and the modules around them.
 */
export const calibrationModels = ['google/bert_uncased_L-2_H-256_A-4', 'bert-base-uncased', 'gpt2'] as const;
export const calibrationBatchSizes = [4, 32] as const;
export const calibrationLengths = [32, 256] as const;

/** Rounds are short: half an hour is for some two hundred measurements. */
const round_s = 3;
const rounds = 2;

/** The run's values as overrides of a configuration whose own name is given. */
export const calibrationSet = (run: string): string[] => [
  `run=${run}-calibration`,
  `trace.models=[${calibrationModels.join(', ')}]`,
  `trace.batch_sizes=[${calibrationBatchSizes.join(', ')}]`,
  `trace.lengths=[${calibrationLengths.join(', ')}]`,
  `profile.round=${round_s} s`,
  `profile.rounds=${rounds}`,
  'train.predictors=[law, children, composition, planned, planned_clock]',
  'train.features=[all]',
  'evaluate.splits=[leave_model_out]',
];
