/** Makes an exported folder: written under a temporary name, on the disk, and then there, whole or not at all. */
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../../pipeline/errors.js';
import { discard, publishUserFolder } from '../../../pipeline/store/atomic.js';
import { hashFile } from '../../../pipeline/store/hash.js';
import { temporaryName } from '../../../pipeline/store/temporary_name.js';
import { withFile } from '../../../pipeline/system_problem.js';
import type { Contents } from './content.js';

export const isThere = (folder: string): UsageError =>
  new UsageError(`${folder} is there already`, 'name another folder: --output FOLDER');

/** Writes everything, SHA256SUMS last; gives the bytes. */
function write(
  folder: string,
  { datasets, report, inputs }: Contents,
  texts: Readonly<Record<string, string>>,
): number {
  const copied = [...datasets, ...report, ...inputs];
  const within = (path: string, make: (file: string) => void): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    withFile(file, () => make(file));
  };
  for (const { path, from } of copied) within(path, (file) => copyFileSync(from, file));
  for (const [path, text] of Object.entries(texts)) within(path, (file) => writeFileSync(file, text));
  const paths = [...copied.map(({ path }) => path), ...Object.keys(texts)].sort();
  const sums = paths.map((path) => `${hashFile(join(folder, path))}  ${path}\n`).join('');
  within('SHA256SUMS', (file) => writeFileSync(file, sums));
  return paths.reduce((sum, path) => sum + statSync(join(folder, path)).size, sums.length);
}

/**
 * Makes the folder and gives its bytes; `check` is asked when all is written and nothing is visible yet, and throws where
 * nothing of it may be. Throws a UsageError where somebody has made a folder of that name meanwhile.
 */
export function makeFolder(
  folder: string,
  contents: Contents,
  texts: Readonly<Record<string, string>>,
  check: () => void,
): number {
  const temporary = temporaryName(folder);
  try {
    mkdirSync(temporary, { recursive: true });
    const bytes = write(temporary, contents, texts);
    check();
    publishUserFolder(temporary, folder);
    return bytes;
  } catch (error) {
    discard(temporary);
    throw (error as NodeJS.ErrnoException).code === 'ENOTEMPTY' ? isThere(folder) : error;
  }
}
