/** Removes what no run will read again: temporary files of killed tasks, and outputs of partitions that are no more. */
import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporarySuffix } from './temporary_name.js';

/** Every file below a folder; none where there is no folder. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Called under the run's lock. `keep` are the files of the present graph; returns what was removed. */
export function collectGarbage(folders: readonly string[], keep: ReadonlySet<string>): string[] {
  const removed: string[] = [];
  for (const folder of folders) {
    for (const file of filesBelow(folder)) {
      if (keep.has(file)) continue;
      rmSync(file, { force: true });
      removed.push(file);
    }
    removeEmptyFolders(folder);
  }
  return removed;
}

/** Only temporary files: what a killed run leaves. */
export function collectTemporary(folders: readonly string[]): void {
  for (const folder of folders) {
    for (const file of filesBelow(folder)) if (file.endsWith(temporarySuffix)) rmSync(file, { force: true });
  }
}

/**
 * Removes a folder if it is empty at this moment; somebody may be about to put something there. A link to one on another
 * disk is the user's, and stays.
 */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}

/** Removes the folder if nothing is left in it, and those below it of which that is so. Under the run's lock. */
export function removeEmptyFolders(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  removeIfEmpty(folder);
}
