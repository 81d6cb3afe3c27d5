/** The runs below the working directory, a row each. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { IntegrityError } from '../errors.js';
import { runFolder } from '../paths.js';
import { filesBelow } from '../store/garbage.js';
import { fileState } from '../store/manifest.js';
import { readLock } from '../store/source_lock.js';
import { readableBytes } from '../terminal.js';

export interface RunRow {
  readonly run: string;
  readonly source: string | null;
  readonly datasets: number;
  readonly size: string;
  readonly changed_utc: string | null;
}

/** The names of all runs of which something is on disk, sorted. */
export function runNames(): string[] {
  const folder = dirname(runFolder('x'));
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The label of the source that a run has recorded, in words where the record is damaged. */
function sourceLabel(run: string): string | null {
  try {
    return readLock(run)?.label ?? null;
  } catch (error) {
    if (error instanceof IntegrityError) return `${basename(error.file)} is damaged`;
    throw error;
  }
}

export function listRuns(): RunRow[] {
  return runNames().map((run) => {
    const files = filesBelow(runFolder(run)).flatMap((path) => {
      const state = fileState(path);
      return state ? [{ path, ...state }] : [];
    });
    const latest = Math.max(0, ...files.map(({ mtime_ms }) => mtime_ms));
    return {
      run,
      source: sourceLabel(run),
      datasets: files.filter(({ path }) => path.endsWith('.parquet')).length,
      size: readableBytes(files.reduce((sum, { bytes }) => sum + bytes, 0)),
      changed_utc: latest === 0 ? null : new Date(latest).toISOString().slice(0, 16),
    };
  });
}
