/**
 * A run never changes its source in silence: what was chosen when the run was first made is kept in
 * `source.lock.json`, and a better or another one stops with a line that says how to go on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { IntegrityError, PipelineError, UnavailableError, UsageError } from '../errors.js';
import { runFolder } from '../paths.js';
import type { Registry, Source } from '../stage.js';
import { writeAtomically } from './atomic.js';
import { canonical } from './hash.js';

export interface SourceOptions {
  /** Take what is best now and record it. */
  readonly relock?: boolean;
  /** Data may be fetched. */
  readonly download?: boolean;
  /** Record the choice; without it (`status`, `query`, …) nothing is written. */
  readonly record?: boolean;
  /** Ends a download. */
  readonly signal?: AbortSignal;
}

type Locked = Pick<Source, 'kind' | 'label' | 'about'>;

const lockPath = (run: string): string => join(runFolder(run), 'source.lock.json');

function readLock(run: string): Locked | null {
  const path = lockPath(run);
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  try {
    const lock = JSON.parse(text) as Locked;
    if (typeof lock.kind === 'string' && typeof lock.label === 'string' && lock.about) return lock;
  } catch {
    // Reported below: what is no JSON is as damaged as what lacks a field.
  }
  throw new IntegrityError(path, 'source', 'it does not name a source; `--relock` chooses one anew');
}

/** The first source that can be had, checked against what the run has used so far. */
export async function chooseSource(
  { run, settings }: Configuration,
  { choice }: Registry,
  { relock = false, download = false, record = false, signal }: SourceOptions = {},
): Promise<Source> {
  const params = settings[choice.name];
  const locked = relock ? null : readLock(run);
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
    if (record && !locked) writeAtomically(lockPath(run), `${JSON.stringify({ kind, label, about }, null, 1)}\n`);
    return opened;
  }
  throw new UnavailableError(`no source of measurements can be had\n  ${reasons.join('\n  ')}`);
}

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
  const names = Object.keys(now).filter((name) => canonical(before[name]) !== canonical(now[name]));
  return names.length === 0 ? '' : ` (${names.map((n) => `${n} ${String(before[n])} → ${String(now[n])}`).join(', ')})`;
}
