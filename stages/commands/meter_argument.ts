/** A meter as it is named on a command line: `emonpi:/dev/ttyUSB0`, further settings behind commas. */
import { UsageError } from '../../pipeline/errors.js';
import { type MeterSettings, meterSettings } from '../energy/meters/settings.js';

/** Numbers stay numbers: a baud rate is one, `1%` is none. */
const valueOf = (text: string): string | number => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);

function setting(word: string): [string, string | number] {
  const at = word.indexOf('=');
  if (at <= 0) throw new UsageError(`--meter: expected a setting like uncertainty=1%, found "${word}"`);
  return [word.slice(0, at).trim(), valueOf(word.slice(at + 1).trim())];
}

/** The section `meter` of a configuration that says the same; not yet checked. */
export function meterSection(text: string): Record<string, string | number> {
  const [place, ...words] = text.split(',');
  const colon = place.indexOf(':');
  const type = colon < 0 ? place : place.slice(0, colon);
  const port = colon < 0 ? '' : place.slice(colon + 1);
  return { type, ...(port === '' ? {} : { port }), ...Object.fromEntries(words.map(setting)) };
}

/** Throws a UsageError that says what was expected. */
export function meterIn(text: string): MeterSettings {
  const { data, error } = meterSettings.safeParse(meterSection(text));
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new UsageError(`--meter ${text}: ${problems.join('; ')}`, 'KIND:PORT, like emonpi:/dev/ttyUSB0');
}
