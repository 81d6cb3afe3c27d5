/**
 * Files appear whole or not at all: write to a temporary name, fsync, rename, fsync the folder. A crash leaves at most
 * a temporary file, which the next run's garbage collection removes.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { withFile } from '../system_problem.js';
import { temporaryName } from './temporary_name.js';

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    withFile(path, () => fsyncSync(file));
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
  sync(dirname(path));
}

export function writeAtomically(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    withFile(path, () => writeFileSync(temporary, content));
    publish(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
}
