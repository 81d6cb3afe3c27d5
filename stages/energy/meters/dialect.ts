/** Whether a port speaks the language it is said to, and if not, which. */
import { z } from 'zod';
import { UnavailableError } from '../../../pipeline/errors.js';
import type { Piece } from './framer.js';
import { LineReader } from './line_reader.js';
import { meterTypes } from './list.js';
import type { MeterType } from './meter.js';
import { type MeterSettings, typeOf } from './settings.js';

/** So many lines are kept for the message, each cut to this length. */
const shownLines = 3;
const shownLength = 80;

/** A damaged line may happen; so many before the first good one are another dialect. */
const doubtfulLines = 3;

/** What came from a port before the first good reading. */
export class FirstImpression {
  readonly #lines: string[] = [];
  #damaged = 0;
  #other = 0;
  #bytes = 0;
  #foreign: boolean | null = null;

  constructor(private readonly settings: MeterSettings) {}

  bytes(count: number): void {
    this.#bytes += count;
  }

  piece({ text, whole }: Piece, kind: 'damaged' | 'other' | 'reading'): void {
    if (this.#lines.length < shownLines && whole) this.#lines.push(text);
    if (kind === 'damaged' && whole) this.#damaged++;
    if (kind === 'other') this.#other++;
  }

  get silent(): boolean {
    return this.#bytes === 0;
  }

  /** True where there is nothing to wait for: lines of another kind only, or bytes that never end a line. */
  get hopeless(): boolean {
    return this.#other === 0 && (this.#damaged >= doubtfulLines || (this.#lines.length === 0 && this.#bytes > 0));
  }

  /** True as soon as what came are lines of another type: they need not be listened to any longer. */
  get foreign(): boolean {
    if (this.#damaged < doubtfulLines || this.#lines.length < shownLines) return false;
    this.#foreign ??= languagesOf(this.#lines).length > 0;
    return this.#foreign;
  }

  /** What to tell who expected the meter, after so long. */
  problem(baud: number | null, waited_us: number): UnavailableError {
    const { port, type } = this.settings;
    const at = `${port ?? type}${baud === null ? '' : ` at ${baud} baud`}`;
    if (this.silent) {
      return new UnavailableError(
        `${at} is silent: no byte came in ${(waited_us / 1e6).toFixed(1)} s`,
        'is the meter on, and set to print by itself?',
      );
    }
    const expected = `expected lines of ${type}, like ${shown(typeOf(this.settings).example)}`;
    if (this.#lines.length === 0) {
      return new UnavailableError(`${at}: ${this.#bytes} bytes and no whole line; ${expected}`, 'is meter.baud right?');
    }
    const found = `${at} does not speak ${type}: found ${this.#lines.map(shown).join(', ')}; ${expected}`;
    const speaks = languagesOf(this.#lines);
    if (speaks.length > 0)
      return new UnavailableError(found, `these are lines of ${speaks.join(' or ')}: set meter.type`);
    const noise = this.#lines.some((line) => /[^\t\x20-\x7e]/.test(line));
    return new UnavailableError(found, noise ? 'noise: is meter.baud right?' : `meters known: ${Object.keys(meterTypes).join(', ')}`); // prettier-ignore
  }
}

const shown = (line: string): string =>
  JSON.stringify(line.length > shownLength ? `${line.slice(0, shownLength)}…` : line);

/** The types that would read all of the lines, as they are sold. */
function languagesOf(lines: readonly string[]): string[] {
  const reads = (type: MeterType): boolean => {
    if (type.baud === null) return false;
    const reader = new LineReader(type.grammar(z.object(type.options).parse({})), type.limits);
    return lines.every((line) => reader.read(line).kind === 'reading');
  };
  return Object.values(meterTypes)
    .filter(reads)
    .map(({ name }) => name);
}
