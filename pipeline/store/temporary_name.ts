/** The names that files have while they are written: beside the final one, and like no other process's on any host. */
import { hostname } from 'node:os';

/** Temporary names end so. */
export const temporarySuffix = '.tmp';

const writer = `${hostname()}-${process.pid}`;

let count = 0;

export const temporaryName = (path: string): string => `${path}.${writer}-${++count}${temporarySuffix}`;

/** The name that a file of this process will have in the end: what is told of it. Other names stay as they are. */
export function finalName(path: string): string {
  const at = path.lastIndexOf(`.${writer}-`);
  return at >= 0 && path.endsWith(temporarySuffix) ? path.slice(0, at) : path;
}
