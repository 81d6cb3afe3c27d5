/** Problems of a configuration, each with the place where it stands: `configs/pc1.yaml:3:13 train.seeds: …`. */
import type { Document, LineCounter, Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar } from 'yaml';
import type { z } from 'zod';
import { proposal } from './nearest.js';

export interface Place {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

type Path = readonly PropertyKey[];

/** `file:line:column` of an offset. */
export function at(place: Place, offset: number | undefined): string {
  if (offset === undefined) return `${place.file}`;
  const { line, col } = place.lines.linePos(offset);
  return `${place.file}:${line}:${col}`;
}

/** Where the value of a path stands; where it is missing, the nearest thing around it. */
function locate(place: Place, path: Path): string {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? place.document.contents : place.document.getIn(path.slice(0, depth), true);
    const range = (node as Node | null | undefined)?.range;
    if (range) return at(place, range[0]);
    if (node !== undefined && node !== null) return `--set ${path.map(String).join('.')}`;
  }
  return `${place.file}:1:1`;
}

/** A key as it is named in JavaScript; an empty one has an empty name. */
function keyName(key: unknown, { document }: Place): string | null {
  const node = isAlias(key) ? key.resolve(document) : key;
  return isScalar(node) ? String(node.value ?? '') : null;
}

/** Where a key stands, with its name. */
function locateKey(place: Place, path: Path, key: string): string {
  const map = path.length === 0 ? place.document.contents : place.document.getIn(path, true);
  const pair = isMap(map) ? (map.items as Pair[]).find((one) => keyName(one.key, place) === key) : undefined;
  const range = (pair?.key as Node | undefined)?.range;
  const name = [...path, key].map(String).join('.') || '""';
  return `${range ? at(place, range[0]) : `--set ${name}`} ${name}`;
}

/** The names that an object at `path` of a schema may have: looks through defaults, options and unions. */
function validKeys(schema: z.core.$ZodType, path: Path): string[] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  switch (def.type) {
    case 'object': {
      const shape = def.shape as Record<string, z.core.$ZodType>;
      if (path.length === 0) return Object.keys(shape);
      const next = shape[String(path[0])];
      return next ? validKeys(next, path.slice(1)) : [];
    }
    case 'array':
      return path.length === 0 ? [] : validKeys(def.element as z.core.$ZodType, path.slice(1));
    case 'union':
      return (def.options as z.core.$ZodType[]).flatMap((option) => validKeys(option, path));
    case 'pipe':
      return validKeys(def.in as z.core.$ZodType, path);
    default:
      return def.innerType ? validKeys(def.innerType as z.core.$ZodType, path) : [];
  }
}

function received(place: Place, path: Path): string {
  const value = place.document.getIn(path);
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

function describe(place: Place, schema: z.core.$ZodType, issue: z.core.$ZodIssue, prefix: Path): string[] {
  const path = [...prefix, ...issue.path];
  const name = path.map(String).join('.');
  const here = `${locate(place, path)} ${name}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${locateKey(place, path, key)}: unknown key, ` + proposal(key, validKeys(schema, issue.path)),
      );
    case 'invalid_type':
      // A schema's own message says more than the type.
      if (!issue.message.startsWith('Invalid input')) return [`${here}: ${issue.message}`];
      return [`${here}: expected ${expected(issue.expected)}, received ${received(place, path)}`];
    case 'too_small':
    case 'too_big':
      return [`${here}: ${sizeMessage(issue) ?? issue.message}`.replace('{value}', received(place, path))];
    case 'invalid_value': {
      const values = issue.values.map(String);
      return [`${here}: received ${received(place, path)}, ${proposal(String(place.document.getIn(path)), values)}`];
    }
    case 'invalid_union': {
      // The option that got furthest is the one that was meant.
      const [meant] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
      if (!meant || depth(meant) === 0) return [`${here}: ${unionMessage(issue, received(place, path))}`];
      return meant.flatMap((inner) =>
        describe(place, schema, { ...inner, path: [...issue.path, ...inner.path] }, prefix),
      );
    }
    default:
      return [`${here}: ${issue.message}`];
  }
}

/** What zod calls a type, in words. */
const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const expected = (type: string): string => typeNames[type] ?? type;

/** The limit of a number in words; null where the schema has a message of its own, or it is no number's. */
function sizeMessage(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string | null {
  if (!/^Too (small|big)/.test(issue.message) || !['number', 'int'].includes(issue.origin)) return null;
  const [limit, direction] = issue.code === 'too_small' ? [issue.minimum, 'more'] : [issue.maximum, 'less'];
  return `expected ${issue.inclusive === false ? `${direction} than ${limit}` : `${limit} or ${direction}`}, received {value}`;
}

const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));

function unionMessage(issue: z.core.$ZodIssueInvalidUnion, value: string): string {
  const options = issue.errors.flat().flatMap((inner) => {
    if (inner.code === 'invalid_type') return [expected(inner.expected as string)];
    if (inner.code === 'invalid_value') return inner.values.map((v) => JSON.stringify(v));
    return [inner.message];
  });
  return `expected ${[...new Set(options)].join(' or ')}, received ${value}`;
}

/** The issues of one section's schema in words, in the order of the file. */
export function problemsOf(place: Place, schema: z.core.$ZodType, error: z.core.$ZodError, prefix: Path): string[] {
  return error.issues.flatMap((issue) => describe(place, schema, issue, prefix));
}

/** More are not read: they mostly follow from the first ones. */
const mostProblems = 20;

/** The first problems and how many more there are, a line each. */
export const firstOf = (problems: readonly string[]): string[] =>
  problems.length <= mostProblems
    ? [...problems]
    : [...problems.slice(0, mostProblems), `and ${problems.length - mostProblems} more problems`];

/** A problem of the value at a path. */
export const problemAt = (place: Place, path: Path, message: string): string =>
  `${locate(place, path)} ${path.map(String).join('.')}: ${message}`;

/** Problems in the order in which they stand in the file; those of `--set` first. */
export function inOrder(problems: readonly string[]): string[] {
  const position = (problem: string): number => {
    const [, line, column] = (problem.startsWith('--set') ? null : /:(\d+):(\d+) /.exec(problem)) ?? [];
    return line === undefined ? -1 : Number(line) * 1e6 + Number(column);
  };
  return [...problems].sort((a, b) => position(a) - position(b));
}

/** A top-level key that no section has. */
export function unknownSection(place: Place, key: string, valid: readonly string[]): string {
  return `${locateKey(place, [], key)}: unknown section, ${proposal(key, valid)}`;
}
