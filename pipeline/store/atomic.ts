/**
 * Files appear whole or not at all: write to a temporary name, fsync, rename, fsync the folder. A crash leaves at most
 * a temporary file, which the next run's garbage collection removes, or who next writes the same file.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withFile } from '../system_problem.js';
import { abandoned, temporaryName } from './temporary_name.js';

/** `told` is what an error names. */
function sync(path: string, told = path): void {
  const file = openSync(path, 'r');
  try {
    withFile(told, () => fsyncSync(file));
  } finally {
    closeSync(file);
  }
}

/** Removes a temporary file; what cannot be removed now is removed by the next run. */
export function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true, recursive: true });
  } catch {
    // What went wrong before is what is told.
  }
}

/** Gives a finished temporary file its final name. */
export function publish(temporary: string, path: string): void {
  sync(temporary);
  renameSync(temporary, path);
  sync(dirname(path), path);
}

/** The same for a file outside of a run's folder, where nobody else tidies up. */
export function publishUserFile(temporary: string, path: string): void {
  publish(temporary, path);
  discardAbandoned(path);
}

/** Folders and their files, deepest first. */
function syncBelow(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncBelow(path);
    else sync(path);
  }
  sync(folder);
}

/** The same for a folder with all that is in it. Throws ENOTEMPTY where somebody has made one of that name meanwhile. */
export function publishUserFolder(temporary: string, folder: string): void {
  syncBelow(temporary);
  renameSync(temporary, folder);
  try {
    sync(dirname(folder), folder);
  } catch (error) {
    // A failed command leaves no folder where it can be helped: in one step, lest a part of it looks whole.
    renameSync(folder, temporary);
    throw error;
  }
  discardAbandoned(folder);
}

/** What killed processes have left of a file or folder that is there now. */
const discardAbandoned = (path: string): void => abandoned(path).forEach(discard);

export const writeAtomically = (path: string, content: string): void => write(path, content, publish);

/** For what a user asked for by its name. */
export const writeUserFile = (path: string, content: string): void => write(path, content, publishUserFile);

function write(path: string, content: string, finish: typeof publish): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    withFile(path, () => writeFileSync(temporary, content));
    finish(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
}
