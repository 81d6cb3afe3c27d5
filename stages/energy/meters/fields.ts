/** Fields of a line, read strictly: a whole number in plain notation, a known word for "absent", or nothing at all. */

/** A number as meters print it, for use in a regular expression: no exponent, no blanks, or a word for "absent". */
export const numberPattern = String.raw`[+-]?\d{1,7}(?:\.\d{1,9})?|[+-]?(?:nan|inf|ovf)`;

/** How meters and their loggers say that there is no value; −1 is PTDaemon's (research/meters.md). */
const absent = /^(?:|_|-|-1(?:\.0+)?|[+-]?(?:nan|inf|ovf)|n\/?a|none|null|\[.*\])$/i;

const decimal = /^[+-]?(?:\d{1,15}\.?\d{0,15}|\.\d{1,15})(?:e[+-]?\d{1,2})?$/i;

/** The number, null where the field says that there is none, undefined where it is neither. */
export function numberOf(field: string): number | null | undefined {
  const text = field.trim();
  if (absent.test(text)) return null;
  return decimal.test(text) ? Number(text) : undefined;
}

/** One unit of the last digit printed: what rounding or cutting may have taken. */
export function lastDigit(field: string): number {
  const point = field.indexOf('.');
  return point < 0 ? 1 : Number(`1e-${field.trim().length - point - 1}`);
}
