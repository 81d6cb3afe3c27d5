/**
 * A YAML file as a document that knows where everything stands in it. Throws a UsageError with every problem found, an
 * IntegrityError where the file has a seal that does not fit it.
 */
import { isAlias, isCollection, isPair, Lexer, LineCounter, parseDocument, Parser, visit, type Node } from 'yaml';
import { readBounded } from '../bounded_file.js';
import { UsageError } from '../errors.js';
import { checkSeal } from '../store/text_seal.js';
import { at, firstOf, type Place } from './problems.js';

/** The predictors of a bench have 35 KB. */
const largest_mib = 4;

/** Fails on bytes that are no UTF-8 instead of replacing them. */
const decoder = new TextDecoder('utf-8', { fatal: true });

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'that is a folder',
  EACCES: 'it may not be read',
};

export function readText(file: string, hint?: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readBounded(file, largest_mib);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file}: ${reasons[code] ?? message}`, hint, { cause: error });
  }
  checkSeal(file, bytes);
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new UsageError(`${file}: it is no text in UTF-8`, undefined, { cause: error });
  }
}

/** The parser's messages in words that need no knowledge of it. */
const messages: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands there twice',
  MULTIPLE_DOCS: 'expected one document: remove this line and what belongs to another one',
};

/** Far more than any configuration needs. The composer is recursive: it must not see what would exhaust the stack. */
const deepest = 100;

function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > deepest) return true;
  }
  return false;
}

/** Each is looked up by walking the document: as many as the parser itself resolves. */
const mostAliases = 100;

/** Aliases without an anchor, or too many of them, and keys that are no names. */
function strayNodes(place: Place): string[] {
  const problems: string[] = [];
  let aliases = 0;
  visit(place.document, { Alias: () => (++aliases > mostAliases ? visit.BREAK : undefined) });
  if (aliases > mostAliases) return [`${place.file}:1:1 more than ${mostAliases} aliases (*name)`];
  const add = (node: Node, message: string) => problems.push(`${at(place, node.range?.[0])} ${message}`);
  visit(place.document, (_, node) => {
    if (isAlias(node) && !node.resolve(place.document))
      add(node, `*${node.source}: there is no anchor &${node.source}`);
    if (isPair(node) && isCollection(node.key)) add(node.key, 'expected a name as key');
  });
  return problems;
}

/** The document of a text; `file` names where it is from. */
export function parseText(file: string, text: string): Place {
  if (isTooDeep(text)) throw new UsageError(`${file}: more than ${deepest} levels deep`);
  const lines = new LineCounter();
  const place: Place = {
    file,
    document: parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' }),
    lines,
  };
  const { errors, warnings } = place.document;
  const problems = [...errors, ...warnings].map(
    ({ code, message, pos }) => `${at(place, pos[0])} ${messages[code] ?? message}`,
  );
  if (problems.length === 0) problems.push(...strayNodes(place));
  if (problems.length > 0) throw new UsageError(firstOf(problems).join('\n'));
  return place;
}

/** The document of a file; `hint` says what to do where there is none. */
export const readDocument = (file: string, hint?: string): Place => parseText(file, readText(file, hint));

/** The document's value. Throws a UsageError where aliases have no end. */
export function plainValue({ file, document }: Place): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`${file}:1:1 ${(error as Error).message}`, undefined, { cause: error });
  }
}
