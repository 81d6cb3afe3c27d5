/** The runs below the working directory, a row each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runFolder } from '../paths.js';
import type { Source } from '../stage.js';
import { filesBelow } from '../store/garbage.js';
import { fileState } from '../store/manifest.js';
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

/** The source that a run has recorded, null where that is not there or cannot be read. */
export function sourceOf(run: string): Pick<Source, 'kind' | 'label'> | null {
  try {
    return JSON.parse(readFileSync(join(runFolder(run), 'source.lock.json'), 'utf8')) as Source;
  } catch {
    return null;
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
      source: sourceOf(run)?.label ?? null,
      datasets: files.filter(({ path }) => path.endsWith('.parquet')).length,
      size: readableBytes(files.reduce((sum, { bytes }) => sum + bytes, 0)),
      changed_utc: latest === 0 ? null : new Date(latest).toISOString().slice(0, 16),
    };
  });
}
