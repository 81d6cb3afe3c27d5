/**
 * What `calibrate --live` measures: few models and inputs, chosen so that every constant of the launch-queue model is told
 * by some of them (research/planned.md 1). Products of three widths with a bias (two BERTs) and transposed (GPT2), both
 * projections and both products of attention by their true shapes, inputs that wait for launches and inputs that fill
 * the GPU, all element-wise kernels, and the modules around them.
 */
export const calibrationModels = ['google/bert_uncased_L-2_H-256_A-4', 'bert-base-uncased', 'gpt2'] as const;
export const calibrationBatchSizes = [32] as const;
export const calibrationLengths = [16, 256] as const;

/**
 * One round each, as long as a meter of 170 ms needs for the 60 lines of check 5, and short waits: about a hundred
 * measurements in three quarters of an hour. A slower meter needs longer ones: --set "profile.round=70 s".
 */
const round_s = 11;
const rounds = 1;
const waits = { gate: '2 s', warm_up: '2 s', pause: '1 s', burst_scale: 0.5 } as const;

/** The run's values as overrides of a configuration whose own name is given. */
export const calibrationSet = (run: string): string[] => [
  `run=${run}-calibration`,
  `trace.models=[${calibrationModels.join(', ')}]`,
  `trace.batch_sizes=[${calibrationBatchSizes.join(', ')}]`,
  `trace.lengths=[${calibrationLengths.join(', ')}]`,
  `profile.round=${round_s} s`,
  `profile.rounds=${rounds}`,
  ...Object.entries(waits).map(([key, value]) => `profile.live.${key}=${value}`),
  'train.predictors=[law, children, composition, planned, planned_clock]',
  'train.features=[all]',
  'evaluate.splits=[leave_model_out]',
];
