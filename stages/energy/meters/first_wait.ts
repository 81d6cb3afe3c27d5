/**
 * How long a meter's first reading is waited for. Opening a port raises DTR, by which boards on a USB adapter restart:
 * boot loader, start, first measurement. No other port has that wire, and a meter that is asked has no board of the kind.
 *
 *     opened ─┬─ restart ─┬─ a line at most every period ─┐
 *             │           │    first byte ─▶ the rest of a line ─▶ a whole line, the first that counts
 *             └ told what is waited for, where it is long
 */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { type MeterSettings, period_us, typeOf } from './settings.js';

/** Arduino's boot loaders wait 1 s for a program, and users found 3 s for a Mega until its sketch speaks. */
const restart_us = 3e6;

/** A byte comes within an interval; a whole line ends within two, since the first may be cut. Half an interval of grace. */
const bytePeriods = 1.5;
const readingPeriods = 2.5;

/** So long in any case, and so many looks: a machine that is busy reads late. */
export const least_us = 0.6e6;
export const leastLooks = 20;

export interface FirstWait {
  /** Until the first byte, from the moment when the port was opened. */
  readonly byte_us: number;
  /** Until the first good reading, from the same moment, and from the first byte. */
  readonly reading_us: number;
  readonly fromByte_us: number;
  /** What is told of a wait that is long; null where there is none. */
  readonly why: string | null;
}

/** True of adapters whose DTR restarts a board (Linux's and macOS's names). */
function isUsb(port: string): boolean {
  try {
    return /^(?:tty(?:USB|ACM)|cu\.)/.test(basename(realpathSync(port)));
  } catch {
    return false;
  }
}

const seconds = (us: number): string => `${Number((us / 1e6).toFixed(1))} s`;

export function firstWait(settings: MeterSettings): FirstWait {
  const every_us = period_us(settings);
  const restarts = settings.port !== undefined && isUsb(settings.port) && !typeOf(settings).request;
  const start_us = restarts ? restart_us : 0;
  const fromByte_us = Math.max(least_us, readingPeriods * every_us);
  const byte_us = start_us + Math.max(least_us, bytePeriods * every_us);
  const reasons = [restarts && 'a board on a USB port restarts when it is opened', every_us > least_us && `it prints every ${seconds(every_us)}`]; // prettier-ignore
  const why = reasons.filter(Boolean).join(', and ');
  return { byte_us, reading_us: start_us + fromByte_us, fromByte_us, why: why === '' ? null : why };
}

/** For whoever waits. */
export const waitsFor = ({ port, type }: MeterSettings, { why, reading_us }: FirstWait): string =>
  `waiting for the meter at ${port ?? type}, at most ${seconds(reading_us)}: ${why}`;
