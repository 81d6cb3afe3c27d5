/**
 * A configuration: YAML that reads like a lab protocol, validated section by section against what the stages declare.
 * All problems are reported at once, each with file:line:column, what was expected and the nearest valid name.
 */
import { UsageError } from '../errors.js';
import type { Registry } from '../stage.js';
import { type SlurmSettings, slurmSettings } from '../execute/slurm/settings.js';
import { parseText, plainValue, readDocument } from './document.js';
import { firstOf, inOrder, problemAt, problemsOf, unknownSection, type Place } from './problems.js';

export interface Configuration {
  readonly file: string;
  /** Names the folders `data/runs/<run>` and `reports/<run>`. */
  readonly run: string;
  /** The validated slice of every stage, and of the source, by section name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where tasks run on a cluster: apart from `settings`, because no result depends on it. */
  readonly slurm: SlurmSettings;
}

/** Longer than any file system's limit is no name; dots alone would leave the folder. */
const runName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const nameOfRun = 'expected a name of letters, digits, dots and dashes, e.g. "run: pc1"';

/** Applies `--set a.b=value`; the value is read as YAML. Returns what is wrong with them. */
function override({ document }: Place, settings: readonly string[]): string[] {
  return settings.flatMap((setting) => {
    const at = setting.indexOf('=');
    const path = setting.slice(0, Math.max(0, at)).split('.');
    if (path.includes('')) return [`--set ${setting}: expected key=value, e.g. --set train.seeds=3`];
    try {
      const value = plainValue(parseText(`--set ${setting}`, setting.slice(at + 1)));
      document.setIn(path, document.createNode(value));
      return [];
    } catch (error) {
      const { message } = error as Error;
      return [error instanceof UsageError ? message : `--set ${setting}: ${message}`];
    }
  });
}

/** One message of all problems. */
function problemsError(problems: readonly string[]): UsageError {
  const counted = problems.length === 1 ? '' : `${problems.length} problems:\n`;
  return new UsageError(counted + firstOf(problems).join('\n'));
}

/** Reads and validates a configuration. Throws a UsageError with every problem found. */
export function loadConfiguration(file: string, registry: Registry, set: readonly string[] = []): Configuration {
  const place = readDocument(file, 'name a configuration, e.g. `pipeline run configs/quick.yaml`');
  const mistakes = override(place, set);
  if (mistakes.length > 0) throw problemsError(mistakes);
  const raw = sectionsOf(place);
  const stages = registry.stages.map(({ stage }) => stage);
  const slurm = { name: 'slurm', params: slurmSettings(stages.map(({ name }) => name)) };
  const sections = [registry.choice, ...stages, slurm];
  const names = ['run', ...sections.map(({ name }) => name)];
  const problems = Object.keys(raw)
    .filter((key) => !names.includes(key))
    .map((key) => unknownSection(place, key, names));
  if (typeof raw.run !== 'string' || !runName.test(raw.run)) problems.push(problemAt(place, ['run'], nameOfRun));
  const settings: Record<string, unknown> = {};
  for (const { name, params } of sections) {
    const result = params.safeParse(raw[name] ?? {});
    if (result.success) settings[name] = result.data;
    else problems.push(...problemsOf(place, params, result.error, [name]));
  }
  if (problems.length > 0) throw problemsError(inOrder(problems));
  const { slurm: jobs, ...rest } = settings;
  return { file, run: raw.run as string, settings: rest, slurm: jobs as SlurmSettings };
}

function sectionsOf(place: Place): Record<string, unknown> {
  const value = plainValue(place);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UsageError(`${place.file}:1:1 expected a mapping with a line "run: NAME" and a section for each stage`);
  }
  return value as Record<string, unknown>;
}
