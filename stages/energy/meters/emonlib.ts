/**
 * A microcontroller with EmonLib that prints one line a window: real power, apparent power, volts, amperes, power
 * factor, as the library's `serialprint()` does (research/measuring.md 3). Better with a number in front, and with a check
 * sum behind (`*` and the exclusive or of all characters before it, two hexadecimal digits, as in NMEA 0183).
 */
import { z } from 'zod';
import { lastDigit, numberOf, numberPattern } from './fields.js';
import { TextFramer } from './framer.js';
import { mains } from './limits.js';
import { meterType } from './meter.js';
import { damaged, type Grammar, type Line, readingOf } from './reading.js';

const names = ['seq', 'real_power_w', 'apparent_va', 'voltage_v', 'current_a', 'power_factor'] as const;
type Name = (typeof names)[number];

/** What `serialprint()` prints. */
const standard: readonly Name[] = names.slice(1);

/** Float arithmetic of the microcontroller, relative: apparent power is the product of numbers it prints rounded. */
const arithmetic = 1e-3;

export function checkSum(text: string): string {
  const sum = [...text].reduce((xor, character) => xor ^ character.charCodeAt(0), 0);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

class EmonLibGrammar implements Grammar {
  readonly #line: RegExp;

  /** `fields` null: the standard ones, with or without a number in front. */
  constructor(private readonly fields: readonly Name[] | null) {
    const pattern = (list: readonly Name[]): string => list.map((name) => (name === 'seq' ? String.raw`(\d{1,10})` : `(${numberPattern})`)).join(' '); // prettier-ignore
    const body = fields ? pattern(fields) : String.raw`(?:(\d{1,10}) )?${pattern(standard)}`;
    this.#line = new RegExp(`^(${body} ?)(?:\\*([0-9A-F]{2}))?$`, 'i');
  }

  read(text: string): Line {
    const match = this.#line.exec(text);
    if (!match) return damaged('not a line of emonlib');
    const [, body, ...rest] = match;
    const sum = rest.pop();
    if (sum && sum.toUpperCase() !== checkSum(body)) return damaged('check sum');
    const list = this.fields ?? names;
    const told = new Map(list.map((name, i) => [name, rest[i] as string | undefined]));
    const number = (name: Name): number | null => numberOf(told.get(name) ?? '') ?? null;
    const reason = contradiction(number, (name) => lastDigit(told.get(name) ?? ''));
    if (reason) return damaged(reason);
    return readingOf({
      seq: number('seq'),
      voltage_v: number('voltage_v'),
      current_a: number('current_a'),
      real_power_w: number('real_power_w'),
      power_factor: number('power_factor'),
    });
  }
}

/** A line tells some things twice: a damaged digit shows as a contradiction beyond rounding. */
function contradiction(number: (name: Name) => number | null, digit: (name: Name) => number): string | null {
  const [v, i, s] = [number('voltage_v'), number('current_a'), number('apparent_va')];
  if (v === null || i === null || s === null) return null;
  const rounding = v * digit('current_a') + i * digit('voltage_v') + digit('apparent_va') + arithmetic * s;
  if (Math.abs(s - v * i) > rounding) return 'apparent power is not volts times amperes';
  const [p, factor] = [number('real_power_w'), number('power_factor')];
  if (p === null || factor === null || s <= 0) return null;
  const tolerance = digit('power_factor') + (digit('real_power_w') + digit('apparent_va')) / s + arithmetic;
  return Math.abs(factor - p / s) > tolerance ? 'power factor is not real over apparent power' : null;
}

const fields = z
  .array(z.enum(names))
  .refine((list) => new Set(list).size === list.length, 'each field may stand there once')
  .refine(
    (list) => list.includes('real_power_w') || (list.includes('voltage_v') && list.includes('current_a')),
    'expected real_power_w, or voltage_v and current_a, among the fields',
  );

export const emonlibGrammar = (list: readonly Name[] | null = null): Grammar => new EmonLibGrammar(list);

export const emonlib = meterType({
  name: 'emonlib',
  about: 'a sketch with EmonLib: real power, apparent power, volts, amperes, power factor a line',
  kind: 'window',
  period_us: 170_000,
  baud: 38400,
  example: '1041 184.20 190.44 120.10 1.59 0.97',
  limits: mains,
  options: {
    /** What the sketch prints, in order, between single blanks; null is EmonLib's order with or without a number. */
    fields: fields.nullable().default(null),
  },
  grammar: ({ fields }) => emonlibGrammar(fields),
  framer: () => new TextFramer(),
});
