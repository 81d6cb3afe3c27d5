/**
 * The log of a meter: its lines as they came, each behind its stamps, so that nothing is lost by reading them and a
 * better grammar can read them again. Appended to only; a torn last line is refused like any damaged one.
 *
 *     # {"log":"meter","version":1,"settings":{"type":"emonlib",…},"boot_id":"…","nice":-20}     a recording begins
 *     81234567 1769000000123000 = 1041 184.20 190.44 120.10 1.59 0.97                 mono_us utc_us, a whole line
 *     81234999 1769000000123432 ~ 20.10 1.59                                          half a line
 *     81239999 1769000000128432 ! the port is gone: …                                 what befell the connection
 */
import { z } from 'zod';
import type { MeterSettings } from './settings.js';

export type Mark = '=' | '~' | '!';

export interface Entry {
  readonly mono_us: number;
  readonly utc_us: number;
  readonly mark: Mark;
  readonly text: string;
}

export interface Header {
  readonly settings: MeterSettings;
  readonly boot_id: string;
  /** How nice the recorder is, for the record: below 0 it was permitted to go before others. */
  readonly nice?: number;
}

const text = z.string().nullable().default(null);
const quantity = z.number().positive().nullable().default(null);

/** What the recorder writes, and what somebody else may have written in its place. */
const headerSchema = z.looseObject({
  log: z.literal('meter'),
  version: z.literal(1),
  settings: z.looseObject({
    type: z.string(),
    name: text,
    kind: z.enum(['window', 'instant']).nullable().default(null),
    period: quantity,
    range: quantity,
    class: text,
    calibrated: text,
    uncertainty: quantity,
  }),
  boot_id: z.string(),
});

const entryPattern = /^(\d{1,16}) (\d{1,16}) ([=~!]) (.*)$/;

/** Bytes that are no printable ASCII stand as \xNN, so that a log is text whatever came. */
const escaped = (text: string): string =>
  text.replace(/[^\x20-\x5b\x5d-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

const unescaped = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));

export const entryLine = ({ mono_us, utc_us, mark, text }: Entry): string =>
  `${mono_us} ${utc_us} ${mark} ${mark === '!' ? text.replaceAll(/\s+/g, ' ') : escaped(text)}\n`;

export const headerLine = (header: Header): string => `# ${JSON.stringify({ log: 'meter', version: 1, ...header })}\n`;

/** A line of the log without its end; null where it is damaged. */
export function readEntry(line: string): Entry | null {
  const match = entryPattern.exec(line);
  if (!match) return null;
  const [, mono_us, utc_us, mark, text] = match;
  return {
    mono_us: Number(mono_us),
    utc_us: Number(utc_us),
    mark: mark as Mark,
    text: mark === '!' ? text : unescaped(text),
  };
}

/** The header that a line is; null where it is none. */
export function readHeader(line: string): Header | null {
  if (!line.startsWith('# {')) return null;
  try {
    const { settings, boot_id } = headerSchema.parse(JSON.parse(line.slice(2)));
    return { settings: settings as unknown as MeterSettings, boot_id };
  } catch {
    return null;
  }
}
