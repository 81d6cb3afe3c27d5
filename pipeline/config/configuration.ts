/**
 * A configuration: YAML that reads like a lab protocol, validated section by section against what the stages declare.
 * All problems are reported at once, each with file:line:column, what was expected and the nearest valid name.
 */
import { readFileSync } from 'node:fs';
import { LineCounter, parse, parseDocument } from 'yaml';
import { UsageError } from '../errors.js';
import type { Registry } from '../stage.js';
import { problemsOf, unknownSection, type Place } from './problems.js';

export interface Configuration {
  readonly file: string;
  /** Names the folders `data/runs/<run>` and `reports/<run>`. */
  readonly run: string;
  /** The validated slice of every stage, and of the source, by section name. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Longer than any file system's limit is no name; dots alone would leave the folder. */
const runName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new UsageError(`${file}: ${reason}`, 'name a configuration, e.g. `pipeline run configs/quick.yaml`', {
      cause: error,
    });
  }
}

function parsePlace(file: string, text: string): Place {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `${file}:${line}:${col} ${message}`;
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { file, document, lines };
}

/** Applies `--set a.b=value`; the value is read as YAML. */
function override(place: Place, settings: readonly string[]): void {
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new UsageError(`--set ${setting}: expected key=value, e.g. --set train.seeds=3`);
    const path = setting.slice(0, at).split('.');
    try {
      place.document.setIn(path, place.document.createNode(parse(setting.slice(at + 1))));
    } catch (error) {
      throw new UsageError(`--set ${setting}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
}

/** Reads and validates a configuration. Throws a UsageError with every problem found. */
export function loadConfiguration(file: string, registry: Registry, set: readonly string[] = []): Configuration {
  const place = parsePlace(file, readText(file));
  override(place, set);
  const raw = toPlain(place);
  const sections = [registry.choice, ...registry.stages.map(({ stage }) => stage)];
  const names = ['run', ...sections.map(({ name }) => name)];
  const problems = Object.keys(raw)
    .filter((key) => !names.includes(key))
    .map((key) => unknownSection(place, key, names));
  if (typeof raw.run !== 'string' || !runName.test(raw.run)) {
    problems.push(`${file}:1:1 run: expected a name of letters, digits, dots and dashes, e.g. "run: pc1"`);
  }
  const settings: Record<string, unknown> = {};
  for (const { name, params } of sections) {
    const result = params.safeParse(raw[name] ?? {});
    if (result.success) settings[name] = result.data;
    else problems.push(...problemsOf(place, params, result.error, [name]));
  }
  if (problems.length > 0) {
    const counted = problems.length === 1 ? '' : `${problems.length} problems:\n`;
    throw new UsageError(counted + problems.join('\n'));
  }
  return { file, run: raw.run as string, settings };
}

function toPlain(place: Place): Record<string, unknown> {
  let value: unknown;
  try {
    value = place.document.toJS();
  } catch (error) {
    throw new UsageError(`${place.file}: ${(error as Error).message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UsageError(`${place.file}:1:1 expected a mapping with a line "run: NAME" and a section for each stage`);
  }
  return value as Record<string, unknown>;
}
