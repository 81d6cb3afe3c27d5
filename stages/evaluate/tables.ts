/** What `evaluate` writes: every held-out prediction beside its measurement, and the errors. */
import { boolean, double, int32, nullable, string, table } from '../../pipeline/table.js';

export const predictions = table(
  'predictions',
  'one node predicted while held out, seeds averaged',
  {
    model: string('name of the model configuration'),
    batch_size: int32('inputs in a batch'),
    length: int32('tokens of an input'),
    node_id: int32('position in depth-first order; unique within a workload'),
    level: string('ml, module or model'),
    type: string('class of the module, or MatMul or Softmax'),
    predictor: string('name of the predictor'),
    features: string('feature set'),
    variant: string('paper or clean'),
    split: string('how held-out data are chosen'),
    fold: string('what was held out'),
    wall_j: double('wall energy of one run as its source has it: measured, replayed or simulated', 'J'),
    predicted_j: double('predicted wall energy of one run', 'J'),
    low_j: nullable(double('lower end of the 90 % prediction interval; absent for variant paper', 'J')),
    high_j: nullable(double('upper end of the same', 'J')),
    predicted_latency_s: nullable(double('predicted time of one run, where the predictor predicts it', 's')),
    alpha: nullable(double('the weight its parent gives it, where the predictor has one')),
    extrapolated: boolean('outside of what was measured'),
    extrapolated_by: nullable(string('why: the feature with value and range, or the primitive never measured')),
  },
  ['predictor', 'features', 'variant', 'split', 'model', 'batch_size', 'length', 'node_id'],
);

export const seedPredictions = table(
  'seed_predictions',
  'one node predicted while held out by one seed; no rows unless evaluate.seed_predictions is set',
  {
    model: string('name of the model configuration'),
    batch_size: int32('inputs in a batch'),
    length: int32('tokens of an input'),
    node_id: int32('position in depth-first order; unique within a workload'),
    predictor: string('name of the predictor'),
    features: string('feature set'),
    variant: string('paper or clean'),
    split: string('how held-out data are chosen'),
    seed: nullable(int32('seed of the initial weights; absent where nothing is random')),
    predicted_j: double('predicted wall energy of one run', 'J'),
    alpha: nullable(double('the weight its parent gives it, where the predictor has one')),
  },
  ['predictor', 'features', 'variant', 'split', 'seed', 'model', 'batch_size', 'length', 'node_id'],
);

export const errors = table(
  'errors',
  'the error 100·|predicted − measured|/measured of one predictor on one group of nodes, in energy or in latency',
  {
    predictor: string('name of the predictor'),
    setting: string('what was measured of the new model: profiled, children, primitives or planned'),
    features: string('feature set'),
    variant: string('paper or clean'),
    split: string('how held-out data are chosen'),
    level: string('ml, module or model'),
    model: string('a model, an operator type (type:Linear) or all'),
    weighting: string("rows: mean over nodes; models: mean of the models' means"),
    quantity: string('energy or latency'),
    n: int32('nodes'),
    seeds: int32('seeds averaged; 1 where nothing is random'),
    mean_pct: double('mean error, averaged over seeds', '%'),
    seed_sd_pct: nullable(double("standard deviation of one seed's mean error", '%')),
    seed_min_pct: double('least mean error of a seed', '%'),
    seed_max_pct: double('greatest mean error of a seed', '%'),
    p50_pct: double("median over nodes of a node's error averaged over seeds", '%'),
    p95_pct: double('95th percentile of the same', '%'),
    max_pct: double('greatest of the same', '%'),
  },
  ['predictor', 'features', 'variant', 'split', 'level', 'model', 'weighting', 'quantity'],
);
