/**
 * Texts that a program wrote and a person may read, and even edit: their first line may carry the SHA-256 of what
 * follows. Where it does, a text that is not as it was written is refused; who edits one takes that line out.
 */
import { createHash } from 'node:crypto';
import { IntegrityError } from '../errors.js';

const opening = Buffer.from('# sha256 ');
const hashLength = 64;
const lineLength = opening.length + hashLength + 1;

/** One flipped bit spoils one character of the line; two are still no accident. */
const spoiltAtMost = 2;

const hashOfBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const isHex = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);

/** How many characters of a text's beginning are not those of a seal. */
function spoilt(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < lineLength; i++) {
    const fits =
      i < opening.length ? bytes[i] === opening[i] : i < lineLength - 1 ? isHex(bytes[i]) : bytes[i] === 0x0a;
    if (!fits) count++;
  }
  return count;
}

export const withSeal = (text: string): string => `${opening.toString()}${hashOfBytes(Buffer.from(text))}\n${text}`;

/** Throws an IntegrityError where a text has a seal, or what is left of one, that does not fit it. */
export function checkSeal(file: string, bytes: Uint8Array): void {
  const wrong = spoilt(bytes);
  if (wrong > spoiltAtMost) return;
  const line = Buffer.from(bytes.subarray(opening.length, lineLength - 1)).toString('latin1');
  if (wrong === 0 && hashOfBytes(bytes.subarray(lineLength)) === line) return;
  throw new IntegrityError(
    file,
    'seal',
    'what follows its first line is not what was written',
    'bring it back from where it was made; if you have edited it by hand, take its first line out',
  );
}
