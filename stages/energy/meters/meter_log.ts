/**
 * The log of a meter: its lines as they came, each behind its stamps, so that nothing is lost by reading them and a
 * better grammar can read them again. Appended to only; a torn last line is refused like any damaged one.
 *
 *     # {"log":"meter","version":2,"settings":{"type":"emonlib",…},"boot_id":"…","nice":-20} …        a recording begins
 *     81234567 1769000000123000 = 1041 184.20 190.44 120.10 1.59 0.97 4628            mono_us utc_us, a whole line
 *     81234999 1769000000123432 ~ 20.10 1.59 a2e8                                     half a line
 *     81239999 1769000000128432 ! the port is gone: … …                              what befell the connection
 *
 * Every line ends with its checksum: a digit that changed on the disk is no other power. Logs of version 1 have none.
 */
import { z } from 'zod';
import { lineCheck } from '../line_check.js';
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

/** A header as a log has it. */
export interface LoggedHeader extends Header {
  /** Of 2 and later every line has a checksum. */
  readonly version: 1 | 2;
}

const text = z.string().nullable().default(null);
const quantity = z.number().positive().nullable().default(null);

/** What the recorder writes, and what somebody else may have written in its place. */
const headerSchema = z.looseObject({
  log: z.literal('meter'),
  version: z.union([z.literal(1), z.literal(2)]),
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

const checkOf = (content: string): string => lineCheck(Buffer.from(content).toString('latin1'));

const checked = (content: string): string => `${content} ${checkOf(content)}\n`;

/** What a line says, without its end; null where it is not what was written. */
function unchecked(line: string): string | null {
  const content = line.slice(0, -5);
  return line.slice(-5) === ` ${checkOf(content)}` ? content : null;
}

export const entryLine = ({ mono_us, utc_us, mark, text }: Entry): string =>
  checked(`${mono_us} ${utc_us} ${mark} ${mark === '!' ? text.replaceAll(/\s+/g, ' ') : escaped(text)}`);

export const headerLine = (header: Header): string =>
  checked(`# ${JSON.stringify({ log: 'meter', version: 2, ...header })}`);

/** A line of a log of this version without its end; null where it is damaged. */
export function readEntry(line: string, version: LoggedHeader['version']): Entry | null {
  const content = version === 1 ? line : unchecked(line);
  const match = content === null ? null : entryPattern.exec(content);
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
export function readHeader(line: string): LoggedHeader | null {
  if (!line.startsWith('# {')) return null;
  const content = unchecked(line);
  try {
    const { version, settings, boot_id } = headerSchema.parse(JSON.parse((content ?? line).slice(2)));
    if (version !== (content === null ? 1 : 2)) return null;
    return { version, settings: settings as unknown as MeterSettings, boot_id };
  } catch {
    return null;
  }
}
