/** Local time and UTC. A zone is stated, never guessed: `UTC`, `+01:00`, or a name like `Europe/London`. */
import { UsageError } from '../../../pipeline/errors.js';

const day_ms = 86_400_000;
/** Zones change their offset on whole quarters of an hour. */
const quarter_ms = 900_000;

export interface Zone {
  readonly name: string;
  /** UTC of a local time that is written as if it were UTC; throws a UsageError where the clocks showed it twice or never. */
  utc_ms(local_ms: number): number;
}

const fixed = (name: string, offset_ms: number): Zone => ({ name, utc_ms: (local_ms) => local_ms - offset_ms });

const written = /^(?:(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?)$/i;

/** The zone of a name, or null where there is none of it. */
export function zoneOf(name: string): Zone | null {
  if (/^(?:UTC|GMT|Z)$/i.test(name)) return fixed('UTC', 0);
  const match = written.exec(name);
  if (match) {
    const [, sign, hours, minutes = '0'] = match;
    return fixed(name, (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000);
  }
  try {
    return new NamedZone(name);
  } catch {
    return null;
  }
}

/** A zone by its name in the time zone database; its offset changes with summer time. */
class NamedZone implements Zone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(readonly name: string) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const; // prettier-ignore
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', ...parts });
  }

  utc_ms(local_ms: number): number {
    const offsets = new Set([this.#offset(local_ms - day_ms), this.#offset(local_ms + day_ms)]);
    const found = [...offsets].map((offset) => local_ms - offset).filter((utc) => utc + this.#offset(utc) === local_ms);
    if (found.length === 1) return found[0];
    const when = new Date(local_ms).toISOString().slice(0, 19).replace('T', ' ');
    const often = found.length === 0 ? 'never' : 'twice';
    throw new UsageError(
      `in ${this.name} the clocks showed ${when} ${often}: summer time began or ended`,
      'state the offset that the log was written with, like zone: +01:00',
    );
  }

  /** Local time less UTC at a moment. */
  #offset(utc_ms: number): number {
    const quarter = Math.floor(utc_ms / quarter_ms);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const at_ms = quarter * quarter_ms;
    const part = Object.fromEntries(this.#format.formatToParts(at_ms).map(({ type, value }) => [type, Number(value)]));
    const offset = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - at_ms;
    this.#offsets.set(quarter, offset);
    return offset;
  }
}
