/** Facts in YAML files (model families, benches, …), validated like a configuration: all problems, each with its place. */
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { problemsOf } from './config/problems.js';
import { UsageError } from './errors.js';

/**
 * The validated content of a YAML file. Throws a UsageError with every problem found, each as `file:line:column key:
 * what is wrong`.
 */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `${file}:${line}:${col} ${message}`;
  });
  if (broken.length > 0) throw new UsageError(broken.join('\n'));
  const result = schema.safeParse(plain(file, document));
  if (result.success) return result.data;
  throw new UsageError(problemsOf({ file, document, lines }, schema, result.error, []).join('\n'));
}

/** Throws a UsageError where aliases have no end. */
function plain(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`${file}:1:1 ${(error as Error).message}`, undefined, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`, undefined, { cause: error });
  }
}
