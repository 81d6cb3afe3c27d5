/**
 * Fitted predictors of one bench in a YAML file: what `calibrate` writes, `predict` reads and data/predictors/ ships.
 * The constants are the parts of `Fitted`, so that a prediction takes the same way as in an evaluation; the order of
 * terms is the file's. A file of one's own may have a single predictor, `law`.
 */
import { stringify } from 'yaml';
import { z } from 'zod';
import { readYaml, withSeal } from '../../../pipeline/yaml.js';
import { predictorNames, type PredictorName } from './list.js';
import type { Fitted, Part } from './predictor.js';

const constants = z.record(z.string(), z.number());

const pct = z.number().min(0);

/** How often measurements fell into the stated interval while their model was held out. */
const coverageSchema = z.strictObject({
  predictor: z.string(),
  split: z.string(),
  level: z.enum(['ml', 'module', 'model']),
  n: z.int().positive(),
  nominal_pct: pct,
  empirical_pct: pct,
  /** Mean half-width of the intervals, of what is predicted. */
  half_width_pct: pct,
});

export type Coverage = z.infer<typeof coverageSchema>;

export const predictorFileSchema = z.strictObject({
  bench: z.string(),
  /** Where the measurements come from, as printed. */
  source: z.string(),
  /** What is predicted, where it is not wall joules: the GPU's alone, of a bench without a meter. */
  energy: z.literal('gpu_j').optional(),
  /** The command that wrote the file. */
  made_by: z.string(),
  /** What was measured: `{ measurements: 2442, models: [...] }`; free, for people. */
  fitted_on: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))])),
  coverage: z.array(coverageSchema).default([]),
  /** By predictor, by part, by term. */
  predictors: z.partialRecord(z.enum(predictorNames), z.record(z.string(), constants)),
});

export type PredictorFile = z.infer<typeof predictorFileSchema>;

/** Throws a UsageError with every problem and its place. */
export const readPredictorFile = (file: string): PredictorFile => readYaml(file, predictorFileSchema);

/** What one predictor was fitted to; null where the bench does not have it. */
export function fittedOf({ predictors }: PredictorFile, name: PredictorName): Fitted | null {
  const parts = predictors[name];
  if (!parts) return null;
  const shared = Object.entries(parts).map(([part, values]): Part => ({
    name: part,
    terms: Object.keys(values),
    values: Float64Array.from(Object.values(values)),
  }));
  return { variant: 'clean', fold: 'none', shared, seeds: [] };
}

/** The parts of what was fitted without seeds, as the file has them. */
export const partsOf = ({ shared }: Fitted): Record<string, Record<string, number>> =>
  Object.fromEntries(
    shared.map(({ name, terms, values }) => [name, Object.fromEntries(terms.map((term, i) => [term, values[i]]))]),
  );

/** The text of the file; equal documents give equal bytes. */
export const predictorFileText = (file: PredictorFile): string => fittedText(file.made_by, file);

/** A document that was fitted, sealed: damage is noticed, an edit is made by taking the seal out. */
export const fittedText = (madeBy: string, document: object): string =>
  withSeal(
    `# Fitted, not written by hand: ${madeBy.replaceAll('\n', ' ')}\n${stringify(document, { lineWidth: 0, flowCollectionPadding: true })}`,
  );
