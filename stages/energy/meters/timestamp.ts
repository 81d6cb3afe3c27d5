/** Stamps of logs as UTC. What a date could mean in two ways is asked for, never guessed. */
import { z } from 'zod';
import { UsageError } from '../../../pipeline/errors.js';
import { type Zone, zoneOf } from './zone.js';

/** Order of a date that does not begin with the year. */
export type DateOrder = 'dmy' | 'mdy';

/** What a log's owner says of its stamps. */
export interface StampSettings {
  readonly zone: string | null;
  readonly date_order: DateOrder | null;
}

export const stampOptions = {
  /** Of stamps that tell none: `UTC`, `+01:00`, `Europe/London`. */
  zone: z
    .string()
    .refine((name) => zoneOf(name) !== null, 'expected a time zone like UTC, +01:00 or Europe/London')
    .nullable()
    .default(null),
  /** Of dates that do not begin with the year: `dmy` or `mdy`. */
  date_order: z.enum(['dmy', 'mdy']).nullable().default(null),
};

const pattern =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]M)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** Between these years a stamp is one of a log; beyond, its unit is another. */
const years = [2000, 2100] as const;
const [earliest_us, latest_us] = years.map((year) => Date.UTC(year, 0, 1) * 1000);

/** Reads stamps of one log: UTC in µs, or undefined where a text is none. */
export type Stamps = (text: string) => number | undefined;

/**
 * Stamps written as date and time. A UsageError asks for the order of day and month, or for the zone, where the first
 * stamp needs it; `where` names the log.
 */
export function dateStamps({ zone: name, date_order }: StampSettings, where: string): Stamps {
  const zone = name === null ? null : zoneOf(name);
  return (text) => {
    const match = pattern.exec(text.trim());
    if (!match) return undefined;
    const [, first, , second, third, hours, minutes, seconds = '0', fraction = '', half, own] = match;
    const day = dayOf(first, second, third, date_order, where, text);
    const local_ms = day === undefined ? undefined : timeOf(day, hours, minutes, seconds, half);
    if (local_ms === undefined) return undefined;
    return (
      utc(local_ms, own ? zoneOf(own.toUpperCase()) : zone, where, text) * 1000 +
      Math.round(Number(`0.${fraction}0`) * 1e6)
    );
  };
}

function utc(local_ms: number, zone: Zone | null, where: string, text: string): number {
  if (zone) return zone.utc_ms(local_ms);
  throw new UsageError(
    `${where}: ${text.trim()} tells no time zone`,
    'state it, like zone: UTC, +01:00 or Europe/London',
  );
}

/** Midnight of a date, as if it were UTC; undefined where there is no such day. */
function dayOf(first: string, second: string, third: string, order: DateOrder | null, where: string, text: string) {
  let [year, month, day] = [Number(first), Number(second), Number(third)];
  if (first.length !== 4) {
    if (third.length !== 4) return undefined;
    if (!order) {
      throw new UsageError(
        `${where}: ${text.trim()} may be day-month-year or month-day-year`,
        'state which: date_order: dmy or mdy',
      );
    }
    year = Number(third);
    [day, month] = order === 'dmy' ? [Number(first), Number(second)] : [Number(second), Number(first)];
  }
  const midnight = new Date(Date.UTC(year, month - 1, day));
  return midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day ? midnight.getTime() : undefined;
}

function timeOf(day_ms: number, hours: string, minutes: string, seconds: string, half?: string): number | undefined {
  let hour = Number(hours);
  if (half) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return day_ms + ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** Units in which a stamp may count from 1970 (UTC), in µs. */
export const epochUnits = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 } as const;

/** Stamps that count from 1970 (UTC) in one unit. */
export const epochStamps =
  (unit: keyof typeof epochUnits): Stamps =>
  (text) => {
    if (!/^\d{1,20}(?:\.\d{1,12})?$/.test(text.trim())) return undefined;
    const at_us = Math.round(Number(text) * epochUnits[unit]);
    return at_us >= earliest_us && at_us < latest_us ? at_us : undefined;
  };
