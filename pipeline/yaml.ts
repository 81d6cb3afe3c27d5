/** Facts in YAML files (model families, benches, …), validated like a configuration: all problems, each with its place. */
import type { z } from 'zod';
import { plainValue, readDocument } from './config/document.js';
import { firstOf, problemsOf } from './config/problems.js';
import { UsageError } from './errors.js';

export { withSeal } from './store/text_seal.js';

/**
 * The validated content of a YAML file. Throws a UsageError with every problem found, each as `file:line:column key:
 * what is wrong`; an IntegrityError where it has a seal that does not fit it.
 */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  const place = readDocument(file);
  const result = schema.safeParse(plainValue(place));
  if (result.success) return result.data;
  throw new UsageError(firstOf(problemsOf(place, schema, result.error, [])).join('\n'));
}
