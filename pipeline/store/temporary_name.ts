/** The names that files have while they are written: beside the final one, and like no other process's on any machine. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { machine, startOf } from './process_identity.js';

/** Temporary names end so. */
export const temporarySuffix = '.tmp';

/** Machines of one name, and containers of one machine, differ in it. */
const here = createHash('sha256')
  .update(machine ?? hostname())
  .digest('hex')
  .slice(0, 10);

const writer = `${here}-${process.pid}`;

let count = 0;

export const temporaryName = (path: string): string => `${path}.${writer}-${++count}${temporarySuffix}`;

/**
 * The name that a file of this process will have in the end, or a file in a folder of such a name: what is told of it.
 * Other names stay as they are.
 */
export function finalName(path: string): string {
  const at = path.lastIndexOf(`.${writer}-`);
  const end = path.indexOf(temporarySuffix, at) + temporarySuffix.length;
  const isTemporary = at >= 0 && end > at && (end === path.length || path[end] === '/');
  return isTemporary ? path.slice(0, at) + path.slice(end) : path;
}

/** Temporary files of the same final name that processes of this machine left when they were killed. */
export function abandoned(path: string): string[] {
  if (machine === null) return [];
  const mine = `${basename(path)}.${here}-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(mine) && name.endsWith(temporarySuffix))
    .filter((name) => startOf(Number.parseInt(name.slice(mine.length), 10)) === null)
    .map((name) => join(dirname(path), name));
}
