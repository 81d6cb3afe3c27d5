/**
 * Code of a user's own that a configuration names by its file. It is loaded where it is asked for, without waiting, since a
 * configuration is read so too; and it is hashed with all that it imports from beside it, so that a change makes stale
 * what it made. Who runs a configuration runs the code that it names, as with a Makefile.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from './errors.js';
import type { FileInput } from './stage.js';
import { specifiersIn } from './store/code.js';

const load = createRequire(import.meta.url);

/** Whether a name means a file of code: `./mine.js`, `/home/me/meters/mine.mjs`, and TypeScript where Node reads it. */
export const isOwnCode = (name: string): boolean => /\.[cm]?[jt]s$/.test(name);

/** What a module exports as its default. Throws a UsageError that says why it cannot be loaded. */
export function ownModule(path: string): unknown {
  if (!existsSync(path)) throw new UsageError(`${path} is not there`, 'a path is taken from where the command runs');
  try {
    const loaded = load(resolve(path)) as { readonly default?: unknown };
    return loaded.default ?? loaded;
  } catch (error) {
    throw new UsageError(`${path} cannot be loaded: ${reasonOf(error)}`, undefined, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_REQUIRE_ASYNC_MODULE') return 'it has an await outside of any function';
  return String(message ?? error).split('\n')[0];
}

/** A function that such a module must have, told by how it is called. */
export const method = (call: string) => z.custom((value) => typeof value === 'function', `expected a function ${call}`);

/** The default export of a module, held against its shape. Throws a UsageError that says what it lacks to be `what`. */
export function ownExport<Kind>(path: string, what: string, shape: z.ZodType): Kind {
  const exported = ownModule(path);
  const { error } = shape.safeParse(exported);
  if (!error) return exported as Kind;
  const problems = error.issues.map(({ path: at, message }) => [at.join('.'), message].filter(Boolean).join(': '));
  throw new UsageError(`${path}: its default export is no ${what}: ${problems.join('; ')}`);
}

/** The file and those that it imports by a relative path, however deep; packages are not among them. */
export function ownFiles(path: string): FileInput[] {
  const found = new Set<string>();
  const queue = [path];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (existsSync(file)) queue.push(...importsOf(file).filter((other) => existsSync(other)));
  }
  return [...found].sort().map((file) => ({ name: join('own', relative(dirname(path), file)), path: file }));
}

/** An import of TypeScript, whose types the lexer may not get through. */
const importLike = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return specifiersOf(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(file), name));
}

function specifiersOf(text: string): string[] {
  try {
    return specifiersIn(text);
  } catch {
    return [...text.matchAll(importLike)].map(([, name]) => name);
  }
}
