/** evaluate: predicts everything held out from what train fitted, and measures the errors. */
import { z } from 'zod';
import { ownFiles } from '../../pipeline/own_code.js';
import { same, type Partition, type Stage } from '../../pipeline/stage.js';
import { needsComputations } from '../energy/predictors/list.js';
import type { OwnModules } from '../energy/predictors/own.js';
import { splitNames } from '../energy/predictors/splits.js';
import { features } from '../featurize/tables.js';
import { nodes, operators } from '../trace/tables.js';
import { fitted } from '../train/tables.js';
import { errors, predictions, seedPredictions } from './tables.js';

export const evaluateParams = z.strictObject({
  splits: z
    .array(z.enum(splitNames))
    .min(1, 'expected at least one split')
    .refine((splits) => new Set(splits).size === splits.length, { error: 'a split occurs twice' })
    .default(['leave_model_out']),
  /** Writes each seed's predictions too: as many times the rows. */
  seed_predictions: z.boolean().default(false),
});

export type EvaluateParams = z.output<typeof evaluateParams>;

/** The module of a predictor of the user's own. */
function ownModules(settings: Readonly<Record<string, unknown>>, predictor: string): OwnModules | undefined {
  const module = (settings.train as { readonly own?: OwnModules }).own?.[predictor];
  return module === undefined ? undefined : { [predictor]: module };
}

export const evaluate: Stage<EvaluateParams> = {
  name: 'evaluate',
  about: 'predict everything held out, and measure the errors',
  params: evaluateParams,
  reads: [
    { table: features },
    { table: nodes, of: ({ predictor }) => needsComputations(predictor) },
    { table: operators, of: ({ predictor }) => needsComputations(predictor) },
    { table: fitted, of: same },
  ],
  writes: [predictions, errors, seedPredictions],
  partitions(_params, upstream): Partition[] {
    const names = new Set(upstream.train.map(({ predictor }) => predictor));
    return [...names].map((predictor) => ({ predictor }));
  },
  // The splits decide which fits exist; those are inputs.
  relevant: ({ seed_predictions }) => ({ seed_predictions }),
  borrows: (settings, { predictor }) => ownModules(settings, predictor),
  files: (_params, _source, { predictor }, settings) =>
    Object.values(ownModules(settings, predictor) ?? {}).flatMap(ownFiles),
  run: async (context) => (await import('./run.js')).run(context),
};
