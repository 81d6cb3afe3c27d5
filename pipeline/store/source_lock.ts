/**
 * A run never changes its source in silence: what was chosen when the run was first made is kept in
 * `source.lock.json`, and a better or another one stops with a line that says how to go on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Configuration } from '../config/configuration.js';
import { IntegrityError, PipelineError, UnavailableError, UsageError } from '../errors.js';
import { runFolder } from '../paths.js';
import type { Registry, Source } from '../stage.js';
import { writeAtomically } from './atomic.js';
import { filesBelow } from './garbage.js';
import { canonical } from './hash.js';
import { readManifest } from './manifest.js';
import { sealed, unsealed } from './sealed.js';

export interface SourceOptions {
  /** Take what is best now and record it. */
  readonly relock?: boolean;
  /** Data may be fetched. */
  readonly download?: boolean;
  /** Record the choice; without it (`status`, `query`, …) nothing is written. */
  readonly record?: boolean;
  /** Ends a download. */
  readonly signal?: AbortSignal;
  /** Told where a damaged record was restored. */
  readonly warn?: (text: string) => void;
}

type Locked = Pick<Source, 'kind' | 'label' | 'about'>;

const lockPath = (run: string): string => join(runFolder(run), 'source.lock.json');

/** What the lock consists of; before 0.3.0 it carried no hash. */
const lockSchema = z.strictObject({
  kind: z.string(),
  label: z.string(),
  about: z.record(z.string(), z.unknown()),
});

function writeLock(run: string, { kind, label, about }: Locked): void {
  writeAtomically(lockPath(run), sealed('source', { kind, label, about }));
}

/** The recorded source, null where none is yet. Throws an IntegrityError where the record is damaged. */
export function readLock(run: string): Locked | null {
  const path = lockPath(run);
  if (!existsSync(path)) return null;
  let reason: string;
  const text = readFileSync(path, 'utf8');
  try {
    const found = unsealed('source', text);
    const content = 'content' in found ? found.content : JSON.parse(text);
    const lock = lockSchema.safeParse(content);
    if (lock.success) return lock.data;
    reason = 'reason' in found ? found.reason : 'it does not name a source';
  } catch {
    reason = 'it is no JSON';
  }
  throw new IntegrityError(
    path,
    'source',
    reason,
    'the next `pipeline run` restores it from what was computed; nothing else is lost',
  );
}

/** The one source that the run's finished tasks have used, null where they name none or several. */
function sourceOfTasks(run: string): Locked | null {
  const used = new Map<string, Locked>();
  for (const path of filesBelow(runFolder(run)).filter((file) => file.endsWith('.json'))) {
    const manifest = readManifest(path);
    const source = manifest && typeof manifest !== 'string' ? lockSchema.safeParse(manifest.parts.source) : null;
    if (source?.success) used.set(canonical(source.data), source.data);
  }
  return used.size === 1 ? [...used.values()][0] : null;
}

/** The recorded source; a damaged record is restored where that changes no source in silence. */
function lockedSource(run: string, { record, warn }: SourceOptions): Locked | null {
  try {
    return readLock(run);
  } catch (error) {
    if (!record || !(error instanceof IntegrityError)) throw error;
    const restored = sourceOfTasks(run);
    if (!restored && computed(run)) {
      throw new IntegrityError(error.file, error.task, 'and what was computed does not tell the source either', '`--relock` chooses one anew'); // prettier-ignore
    }
    warn?.(`${error.message}; ${restored ? `restored from what was computed: "${restored.label}"` : 'nothing is computed yet, so it is chosen anew'}`); // prettier-ignore
    return restored;
  }
}

/** Whether a task has finished in this run: its tables lie there. */
const computed = (run: string): boolean => filesBelow(runFolder(run)).some((file) => file.endsWith('.parquet'));

/** The first source that can be had, checked against what the run has used so far. */
export async function chooseSource(
  { run, settings }: Configuration,
  { choice }: Registry,
  { relock = false, download = false, record = false, signal, warn }: SourceOptions = {},
): Promise<Source> {
  const params = settings[choice.name];
  const locked = relock ? null : lockedSource(run, { record, warn });
  const reasons: string[] = [];
  for (const kind of choice.order(params)) {
    const opened = await choice.open(kind, params, { download, signal });
    if ('reason' in opened) {
      reasons.push(`${kind}: ${opened.reason}`);
      if (locked?.kind === kind) {
        throw new UnavailableError(
          `run ${run} was made from "${locked.label}", which is not there now: ${opened.reason}`,
          'bring it back; or go on with what is there by `--relock`, or give the configuration another "run:" name',
        );
      }
      continue;
    }
    const { label, about } = opened;
    if (locked && canonical({ kind, about }) !== canonical({ kind: locked.kind, about: locked.about })) {
      throw new UsageError(
        `run ${run} was made from "${locked.label}" and would now use "${label}"${describe(locked.about, about)}`,
        'go on with the new one by `--relock`, or keep both: give this configuration another "run:" name',
      );
    }
    if (record && !isRecorded(run, locked)) writeLock(run, locked ?? { kind, label, about });
    return opened;
  }
  throw new UnavailableError(`no source of measurements can be had\n  ${reasons.join('\n  ')}`);
}

/** Whether the lock on disk says so in its present form. */
const isRecorded = (run: string, locked: Locked | null): boolean =>
  locked !== null && existsSync(lockPath(run)) && readFileSync(lockPath(run), 'utf8') === sealed('source', locked);

/** The source as it would be chosen; where it cannot be had, what the run has recorded of it, and the problem. */
export async function recordedSource(
  configuration: Configuration,
  registry: Registry,
): Promise<{ readonly source: Source; readonly problem: string | null }> {
  try {
    return { source: await chooseSource(configuration, registry), problem: null };
  } catch (error) {
    if (!(error instanceof PipelineError) || error instanceof IntegrityError) throw error;
    const locked = readLock(configuration.run) ?? { kind: 'none', label: 'no source chosen yet', about: {} };
    return { source: { ...locked, place: {} }, problem: error.message };
  }
}

function describe(before: Source['about'], now: Source['about']): string {
  const changes = differences(before, now, '');
  return changes.length === 0 ? '' : ` (${changes.join(', ')})`;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys by their path whose values differ, each with its old and new value. */
function differences(before: unknown, now: unknown, path: string): string[] {
  if (canonical(before) === canonical(now)) return [];
  if (isMap(before) && isMap(now)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return names.flatMap((name) => differences(before[name], now[name], path ? `${path}.${name}` : name));
  }
  const shown = (value: unknown): string =>
    typeof value === 'string' ? value : value === undefined ? 'none' : JSON.stringify(value);
  return [`${path} ${shown(before)} → ${shown(now)}`];
}
