/** Damages a text or a file as typing, copying, disks and strangers do. */
import type { Random } from '../../stages/energy/random.js';

/** What has broken parsers before: names that every object has, numbers beyond all bounds, marks of other languages. */
export const hostile: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '..',
  '../../x',
  '/etc/passwd',
  '~',
  '',
  ' ',
  'null', // prettier-ignore
  'NaN',
  'Infinity',
  '-Infinity',
  '-0',
  '1e308',
  '1e400',
  '-1',
  '0',
  '99999999999999999999',
  '1e-400',
  '0x10',
  '1_000',
  '9007199254740993', // prettier-ignore
  '*a',
  '&a',
  '<<: *a',
  '!!js/function "f"',
  '!!binary aGk=',
  '? ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  ':',
  '#',
  '|',
  '>',
  '%YAML 1.1',
  '---',
  '...',
  '"',
  "'", // prettier-ignore
  '<script>alert(1)</script>',
  '=1+1',
  '$(x)',
  '`x`',
  '\\',
  '\0',
  '\r',
  '\t',
  '\u2028',
  '\uFEFF',
  '\uD800',
  'ä',
  '💥',
  ',',
  ';',
  '|',
  '\n', // prettier-ignore
  '{ a: 1 }',
  '[1, 2]',
  'true',
  'yes',
  '2026-13-45',
  '1 s',
  '-5 ms',
  '3 W',
  'x'.repeat(300),
];

const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random.uniform() * list.length)];
const place = (length: number, random: Random): number => Math.floor(random.uniform() * (length + 1));

type Change = (text: string, random: Random) => string;

const splice = (text: string, at: number, gone: number, put: string): string =>
  text.slice(0, at) + put + text.slice(at + gone);

/** A part of the text between marks of its language: a word, a number, a cell. */
function wordAt(text: string, random: Random): { at: number; length: number } {
  const words = [...text.matchAll(/[\w.+-]+/g)];
  const word = words.length > 0 ? pick(words, random) : null;
  return word ? { at: word.index, length: word[0].length } : { at: place(text.length, random), length: 0 };
}

const changes: readonly Change[] = [
  (text, random) => {
    const { at, length } = wordAt(text, random);
    return splice(text, at, length, pick(hostile, random));
  },
  (text, random) => splice(text, place(text.length, random), 0, pick(hostile, random)),
  (text, random) => splice(text, place(text.length, random), Math.floor(random.uniform() * 8) + 1, ''),
  (text, random) => {
    const at = place(text.length, random);
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << Math.floor(random.uniform() * 8))));
  },
  (text, random) => {
    const at = place(text.length, random);
    return splice(text, place(text.length, random), 0, text.slice(at, at + Math.floor(random.uniform() * 40)));
  },
  (text, random) => {
    const lines = text.split('\n');
    const [a, b] = [place(lines.length - 1, random), place(lines.length - 1, random)];
    [lines[a], lines[b]] = [lines[b], lines[a]];
    return lines.join('\n');
  },
  (text, random) => {
    const lines = text.split('\n');
    const at = place(lines.length - 1, random);
    lines.splice(at, 1, ...(random.uniform() < 0.5 ? [] : [lines[at], lines[at]]));
    return lines.join('\n');
  },
  (text, random) => {
    const [one, other] = [wordAt(text, random), wordAt(text, random)];
    return splice(text, one.at, one.length, text.slice(other.at, other.at + other.length));
  },
  (text, random) => text.slice(0, place(text.length, random)),
];

/** One to four of them; most damage is small. */
export function mutated(text: string, random: Random): string {
  let now = text;
  for (let i = 1 + Math.floor(3 * random.uniform() ** 2); i > 0; i--) now = pick(changes, random)(now, random);
  return now;
}

/** The same of bytes. */
export const mutatedBytes = (bytes: Buffer, random: Random): Buffer =>
  Buffer.from(mutated(bytes.toString('latin1'), random), 'latin1');
