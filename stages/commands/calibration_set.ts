/**
 * What `calibrate --live` measures: few models, inputs and nodes, chosen so that every constant of the launch-queue model is
 * told by some of them (research/planned.md 1). Products of three widths with a bias (two BERTs) and transposed (GPT2), all
 * projections and both products of attention by their true shapes, inputs that wait for launches and inputs that fill the
 * GPU, every primitive, the modules that run kernels of kinds that no primitive is, and whole models to try it all on.
 */
export const calibrationModels = ['google/bert_uncased_L-2_H-256_A-4', 'bert-base-uncased', 'gpt2'] as const;

/**
 * In pairs: 512 and 5760 tokens. Of the pairs that were tried on simulated GPUs of 6 to 128 multiprocessors these tell the
 * tiles of their products apart the best, and lengths and batch sizes between them are predicted without extrapolating.
 */
export const calibrationSizes = { batch_sizes: [8, 24], lengths: [64, 240], paired: true } as const;

/**
 * By class. What is left out repeats in kind: a layer is its parts, an encoder its layers, another module some sums of a kind
 * that the whole models tell.
 */
export const calibrationNodes = [
  ...['Embedding', 'LayerNorm', 'Linear', 'Conv1D', 'MatMul', 'Softmax', 'Tanh'],
  ...['BertSelfAttention', 'BertIntermediate', 'Attention', 'MLP'],
  ...['BertModel', 'GPT2Model'],
] as const;

/** Lines of the meter in a round: four more than check 5 demands, since some are lost. */
const linesInRound = 64;
/** As long as a meter of 170 ms needs; where there is none that tells its period. */
const usualRound_s = 11;

/** How long a round has to be for a meter of this period, s. */
export const roundFor = (period_us: number | null): number =>
  period_us === null ? usualRound_s : Math.max(usualRound_s, Math.ceil((linesInRound * period_us) / 1e6));

/**
 * One round each: what it varies by is told by the other measurements, for all are fitted together. Short waits, and a GPU that
 * stays warm: to cool it down to its start each time would take hours. What that costs is the leakage of a warm GPU, which it has
 * at work too.
 */
const waits = {
  gate: '1500 ms',
  warm_up: '1 s',
  pause: '500 ms',
  lead: '2 s',
  burst_scale: 0.2,
  above_standby_w: 10,
  hotter_c: 30,
} as const;

/** The run's values as overrides of a configuration whose own name is given, for rounds of so many seconds. */
export const calibrationSet = (run: string, round_s = usualRound_s): string[] => [
  `run=${run}-calibration`,
  `trace.models=[${calibrationModels.join(', ')}]`,
  `trace.batch_sizes=[${calibrationSizes.batch_sizes.join(', ')}]`,
  `trace.lengths=[${calibrationSizes.lengths.join(', ')}]`,
  `trace.paired=${calibrationSizes.paired}`,
  `trace.measure=[${calibrationNodes.join(', ')}]`,
  `profile.round=${round_s} s`,
  'profile.rounds=1',
  'align.least_rounds=1',
  ...Object.entries(waits).map(([key, value]) => `profile.live.${key}=${value}`),
  'train.predictors=[law, children, composition, planned, planned_clock]',
  'train.features=[all]',
  'evaluate.splits=[leave_model_out]',
];
