/** A predictor of the user's own: the default export of a module that `train.predictors` names. */
import { z } from 'zod';
import { method, ownExport } from '../../../pipeline/own_code.js';
import { predictors, type PredictorEntry, type PredictorName } from './list.js';
import { settings, variants, type Predictor } from './predictor.js';

/** What such a module exports: an entry of the list and the predictor itself. */
export interface OwnPredictor extends Omit<PredictorEntry, 'load'>, Predictor {}

/** Modules by the names that their predictors have in the tables. */
export type OwnModules = Readonly<Record<string, string>>;

const shape = z.looseObject({
  about: z.string().min(1),
  setting: z.enum(settings),
  leafSetting: z.enum(settings).optional(),
  variants: z.array(z.enum(variants)).min(1),
  random: z.boolean(),
  ownFeatures: z.boolean().optional(),
  computations: z.boolean().optional(),
  fit: method('fit(problem)'),
  predict: method('predict(fitted, forest, workloads)'),
  explain: method('explain(fitted, forest, node)'),
});

/** Throws a UsageError that says what the module lacks. */
export function ownPredictor(module: string): PredictorEntry {
  const own = ownExport<OwnPredictor>(module, 'predictor', shape);
  return { ...own, load: async () => own };
}

/** One of the list, or the user's own. */
export const entryOf = (name: string, own: OwnModules | undefined): PredictorEntry =>
  own && Object.hasOwn(own, name) ? ownPredictor(own[name]) : predictors[name as PredictorName];
