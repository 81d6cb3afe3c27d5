/**
 * JSON files that carry the hash of their own content, so that a flipped bit, a lost end or another file in their place
 * is noticed before anything in them is believed. Nobody edits them: one byte that is not as it was written is damage.
 */
import { hashOf } from './hash.js';

/** The file's text. `tag` is the kind of file: one kind is never taken for another. */
export const sealed = (tag: string, content: object): string =>
  `${JSON.stringify({ ...content, sha256: hashOf(tag, content) }, null, 1)}\n`;

/** What is nested deeper than anything we write exhausts the stack: it is none of ours. */
function isSealed(tag: string, content: object, text: string): boolean {
  try {
    return text === sealed(tag, content);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The content of a text that `sealed` has made, or why it is none. */
export function unsealed(tag: string, text: string): { readonly content: object } | { readonly reason: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { reason: text === '' ? 'it is empty' : 'it is no JSON' };
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return { reason: 'it is no JSON object' };
  const { sha256: _, ...content } = parsed as Record<string, unknown>;
  return isSealed(tag, content, text) ? { content } : { reason: 'its content does not match its own hash' };
}
