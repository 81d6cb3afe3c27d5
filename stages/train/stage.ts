/** train: fits every predictor on every fold, for every feature set, variant and split. */
import { z } from 'zod';
import type { Partition, Source, Stage } from '../../pipeline/stage.js';
import { engineNames } from '../energy/predictors/engine.js';
import { featureNames, featureSets, type FeatureSet } from '../energy/predictors/feature_sets.js';
import {
  needsComputations,
  predictorNames,
  predictors,
  type PredictorEntry,
  type PredictorName,
} from '../energy/predictors/list.js';
import { variants } from '../energy/predictors/predictor.js';
import { features } from '../featurize/tables.js';
import { nodes, operators } from '../trace/tables.js';
import { setsOf } from './feature_choice.js';
import { leftOut, setsToFit, splitsToFit } from './left_out.js';
import { fitted } from './tables.js';

const setNames = featureSets.map(({ name }) => name);

/** A list of the user's own: it has a name of its own, and each column once. */
const ownList = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'expected a name of small letters, digits and underscores')
    .refine((name) => !setNames.includes(name), { error: 'this name is taken by a set of the paper, choose another' }),
  columns: z
    .array(z.enum(featureNames))
    .min(1, 'expected at least one column')
    .refine((columns) => new Set(columns).size === columns.length, { error: 'a column occurs twice' }),
});

const choice = z.union([z.string(), ownList]).superRefine((value, context) => {
  if (typeof value !== 'string' || setNames.includes(value)) return;
  context.addIssue({ code: 'invalid_value', values: setNames, input: value });
});

const once = (names: readonly string[]): boolean => new Set(names).size === names.length;
const nameOf = (value: string | FeatureSet): string => (typeof value === 'string' ? value : value.name);

const defaultPredictors: PredictorName[] = ['end2end', 'stepwise', 'predicted_sum', 'unstructured', 'unstructured_ols'];

export const trainParams = z.strictObject({
  predictors: z
    .array(z.enum(predictorNames))
    .min(1, 'expected at least one predictor')
    .refine(once, { error: 'a predictor occurs twice' })
    .default(defaultPredictors),
  features: z
    .array(choice)
    .min(1, 'expected at least one feature set')
    .refine((values) => once(values.map(nameOf)), { error: 'a feature set occurs twice' })
    .default(setNames),
  seeds: z.int().min(1).max(1000).default(20),
  epochs: z.int().min(1).max(10_000).default(8),
  learning_rate: z.number().positive().max(1).default(0.001),
  /** At 1 a child's energy may be ignored altogether; METHODS 2 has 10. */
  tau: z.number().min(1).default(10),
  variants: z
    .array(z.enum(variants))
    .min(1)
    .refine(once, { error: 'a variant occurs twice' })
    .default([...variants]),
  engine: z.enum(engineNames).default('kernel'),
});

export type TrainParams = z.output<typeof trainParams>;

/** Monomials that training goes through: what a partition costs. */
const cost = (predictor: PredictorEntry, { columns }: FeatureSet): number =>
  predictor.random ? columns.length * columns.length * columns.length : 0;

/**
 * Feature sets and the paper's leaks are compared on the first split; the others are of the methods, each with its first
 * set and without leaks where it can. The heavy ones come first, so that the last to finish is a light one.
 */
function partitions(params: TrainParams, settings: Readonly<Record<string, unknown>>, source: Source): Partition[] {
  const splits = splitsToFit(settings, source);
  const all = params.predictors.flatMap((predictor) => {
    const entry: PredictorEntry = predictors[predictor];
    const sets = setsToFit(params, predictor, source);
    const own = params.variants.filter((variant) => entry.variants.includes(variant));
    const further = own.includes('clean') ? (['clean'] as const) : own;
    return splits.flatMap((split, place) =>
      (place === 0 ? sets : sets.slice(0, 1)).flatMap((set) =>
        (place === 0 ? own : further).map((variant) => ({
          partition: { predictor, features: set.name, variant, split },
          cost: cost(entry, set),
        })),
      ),
    );
  });
  return all.sort((a, b) => b.cost - a.cost).map(({ partition }) => partition);
}

export const train: Stage<TrainParams> = {
  name: 'train',
  about: 'fit every predictor on every fold',
  params: trainParams,
  reads: [
    { table: features },
    { table: nodes, of: ({ predictor }) => needsComputations(predictor) },
    { table: operators, of: ({ predictor }) => needsComputations(predictor) },
  ],
  writes: [fitted],
  partitions: (params, _upstream, settings, source) => partitions(params, settings, source),
  leftOut,
  relevant(params, partition) {
    const { seeds, epochs, learning_rate, tau, engine } = params;
    const predictor = partition.predictor as PredictorName;
    const set = setsOf(params, predictor).find(({ name }) => name === partition.features);
    const { random } = predictors[predictor];
    return random ? { set, seeds, epochs, learning_rate, tau, engine } : { set };
  },
  run: async (context) => (await import('./run.js')).run(context),
};
