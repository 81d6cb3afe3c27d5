/** What `train` writes: every constant of every fitted predictor, one a row. */
import { double, int32, nullable, string, table } from '../../pipeline/table.js';

export const fitted = table(
  'fitted',
  'one fitted constant',
  {
    predictor: string('name of the predictor'),
    features: string('feature set: all, model_only, resource_only, or the name of a list'),
    variant: string('paper (with its leaks) or clean'),
    split: string('how held-out data are chosen'),
    fold: string('what is held out'),
    seed: nullable(int32('seed of the initial weights; absent where nothing is random')),
    part: string(
      "mean, scale, weight, bias, low or high (the training rows' range) of the tree's regressor (tree/…) or of a " +
        "primitive's (Linear/…; any/… for one that was not trained); tree/tau; of the law its constants; of the " +
        'launch-queue model launch_us, gpu_us, dynamic_mj, static_w, tiling, clock, catalogue/…; interval/…',
    ),
    position: int32('order within the part'),
    term: string('the feature, monomial, kind of work or computation it belongs to'),
    value: double('the constant; of a feature or monomial for standardised features'),
  },
  ['fold', 'seed', 'part', 'position'],
);
