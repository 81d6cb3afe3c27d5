/** What can happen to a file on a disk, its time left as it was: what no look at sizes and times need see. */
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import type { Random } from '../../stages/energy/random.js';

function rewrite(file: string, change: (bytes: Buffer) => Buffer): void {
  const { mtime } = statSync(file);
  writeFileSync(file, change(readFileSync(file)));
  utimesSync(file, mtime, mtime);
}

/** Flips one bit and tells which. */
export function flipOneBit(file: string, random: Random): string {
  let told = '';
  rewrite(file, (bytes) => {
    const bit = Math.floor(random.uniform() * bytes.length * 8);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    told = `bit ${bit} of ${file}`;
    return bytes;
  });
  return told;
}

/** The line that seals a text. */
const sealBytes = 74;

/** Without its seal a text is one that somebody has written by hand. */
export const truncateBelowSeal = (file: string, random: Random): string => truncate(file, random, sealBytes);

export function truncate(file: string, random: Random, least = 0): string {
  let told = '';
  rewrite(file, (bytes) => {
    const length = least + Math.floor(random.uniform() * (bytes.length - least));
    told = `${file} cut to ${length} of ${bytes.length} bytes`;
    return bytes.subarray(0, length);
  });
  return told;
}

export function empty(file: string): string {
  rewrite(file, () => Buffer.alloc(0));
  return `${file} emptied`;
}

export function exchange(one: string, other: string): string {
  renameSync(one, 'meanwhile');
  renameSync(other, one);
  renameSync('meanwhile', other);
  return `${one} and ${other} exchanged`;
}
