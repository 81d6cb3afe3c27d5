/**
 * Content hashes. Structures are hashed as tagged canonical JSON, so that two kinds of thing can never collide; files
 * by their bytes. SHA-256 throughout, in hexadecimal.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { withFile } from '../system_problem.js';

/** JSON with sorted keys and no `undefined`: equal values give equal text. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  // A run with nothing stale spends a tenth of its time here: no lists of pairs are made.
  const given = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(given).sort()) {
    const v = given[key];
    if (v !== undefined) text += `${text && ','}${JSON.stringify(key)}:${canonical(v)}`;
  }
  return `{${text}}`;
}

export const hashOf = (tag: string, value: unknown): string =>
  createHash('sha256')
    .update(canonical([tag, value]))
    .digest('hex');

const blockBytes = 1 << 20;

export function hashFile(path: string): string {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockBytes);
  const file = openSync(path, 'r');
  try {
    const next = () => withFile(path, () => readSync(file, block));
    for (let read = next(); read > 0; read = next()) hash.update(block.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

const known = new Map<string, { readonly key: string; readonly sha256: string }>();

/** The same, remembered in this process while size and time of the file stay as they are. */
export function hashFileOnce(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  const key = `${size} ${mtimeMs} ${ino}`;
  const before = known.get(path);
  if (before?.key === key) return before.sha256;
  const sha256 = hashFile(path);
  known.set(path, { key, sha256 });
  return sha256;
}
