/** Outputs of partitions that the configuration no longer has: removed after a whole run. */
import { join } from 'node:path';
import { reportFolder, runFolder } from '../paths.js';
import { collectGarbage } from './garbage.js';
import { memoryFile } from './memory.js';

/** Kept besides what the tasks wrote: the source's lock, the run's lock, and what the last run found. */
const ownFiles = ['source.lock.json', 'run.lock', memoryFile];

export function removeOrphans(run: string, files: ReadonlySet<string>): string[] {
  const keep = new Set([...files, ...ownFiles.map((name) => join(runFolder(run), name))]);
  return collectGarbage([runFolder(run), reportFolder(run)], keep);
}
