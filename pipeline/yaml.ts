/** Facts in YAML files (model families, benches, …), validated like a configuration: all problems, each with its place. */
import type { z } from 'zod';
import { parseText, plainValue, readText } from './config/document.js';
import { firstOf, problemsOf } from './config/problems.js';
import { UsageError } from './errors.js';

export { withSeal } from './store/text_seal.js';

/**
 * The validated content of a YAML file. Throws a UsageError with every problem found, each as `file:line:column key:
 * what is wrong`; an IntegrityError where it has a seal that does not fit it.
 */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  return validated(file, readText(file), schema);
}

const kept = new Map<string, { readonly text: string; readonly schema: z.ZodType; readonly value: unknown }>();

/** The same, kept in this process while the file's text stays as it is: for what is asked for many times. */
export function readYamlOnce<T>(file: string, schema: z.ZodType<T>): T {
  const text = readText(file);
  const before = kept.get(file);
  if (before?.text === text && before.schema === schema) return before.value as T;
  const value = validated(file, text, schema);
  kept.set(file, { text, schema, value });
  return value;
}

function validated<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const place = parseText(file, text);
  const result = schema.safeParse(plainValue(place));
  if (result.success) return result.data;
  throw new UsageError(firstOf(problemsOf(place, schema, result.error, [])).join('\n'));
}
