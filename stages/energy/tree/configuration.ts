/** A model configuration: a family and the sizes that make a model of it. One YAML file each. */
import { z } from 'zod';
import { nearest } from '../../../pipeline/config/nearest.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { evaluate, type Dimensions } from './expression.js';
import type { Family } from './family.js';
import { NotationError } from './scanner.js';

export interface Configuration {
  readonly model: string;
  readonly family: string;
  /** Where its sizes come from. */
  readonly about: string;
  /** By the names that the family gives: `{ hidden: 768 }`. */
  readonly dimensions: Readonly<Record<string, number>>;
}

const size = z.number().int().positive('expected a positive number');

/**
 * Reads a configuration that must describe `model`; `family` looks a family up, or says why it cannot. Throws a
 * UsageError with every problem and its place.
 */
export function readConfiguration(
  file: string,
  model: string,
  families: { readonly names: () => readonly string[]; readonly get: (name: string) => Family },
): Configuration {
  const schema = z
    .strictObject({
      model: z.literal(model),
      family: z.string().refine((name) => families.names().includes(name), {
        error: ({ input }) => unknownFamily(String(input), families.names()),
        abort: true,
      }),
      about: z.string(),
      dimensions: z.record(z.string(), size),
    })
    .superRefine(({ family, dimensions }, context) => {
      for (const { key, message } of checkDimensions(families.get(family), dimensions)) {
        context.addIssue({ code: 'custom', path: ['dimensions', ...(key ? [key] : [])], message });
      }
    });
  return readYaml<Configuration>(file, schema);
}

function unknownFamily(name: string, known: readonly string[]): string {
  return `unknown family "${name}"; nearest: ${nearest(name, known) ?? known.join(', ')}`;
}

function checkDimensions(family: Family, given: Readonly<Record<string, number>>): { key?: string; message: string }[] {
  const needed = Object.values(family.dimensions);
  const missing = needed.filter((name) => !Object.hasOwn(given, name));
  const extra = Object.keys(given).filter((name) => !needed.includes(name));
  const problems = extra.map((key) => ({
    key,
    message: `family ${family.family} has no such dimension; nearest: ${nearest(key, needed) ?? needed.join(', ')}`,
  }));
  if (missing.length > 0)
    return [...problems, { message: `missing for family ${family.family}: ${missing.join(', ')}` }];
  try {
    resolveDimensions(family, given);
    return problems;
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    return [...problems, { message: error.message }];
  }
}

/** The values of a family's symbols, derived ones included. Throws a NotationError where a division leaves a remainder. */
export function resolveDimensions(family: Family, given: Readonly<Record<string, number>>): Dimensions {
  const values: Record<string, number> = {};
  for (const [symbol, name] of Object.entries(family.dimensions)) values[symbol] = given[name];
  for (const [symbol, expression] of Object.entries(family.derived)) values[symbol] = evaluate(expression, values);
  return values;
}
