/** Numbers in print, with the digits they deserve (HOUSE 27), and the text of a cell. */
import { isCompared, isLabel, type Cell, type Compared, type TableColumn } from '../table_json.js';

/** Shown where there is nothing to show. */
export const absent = '–';

const minus = '\u2212';

/** A count from here on is printed in groups of three. */
const groupFrom = 10_000;

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

/** Three significant digits without an exponent, the trailing zeros of a fraction kept. */
function significant(value: number): number {
  if (value === 0) return 0;
  return Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

/** `8.61`, `−0.3`, `2 997`; without `decimals` a whole number is printed whole and others to three significant digits. */
export function numberText(value: number, decimals?: number): string {
  const places = decimals ?? (Number.isInteger(value) ? 0 : significant(value));
  const [whole, fraction] = Math.abs(value).toFixed(places).split('.');
  const grouped = Math.abs(value) >= groupFrom ? group(whole) : whole;
  const text = fraction ? `${grouped}.${fraction}` : grouped;
  return value < 0 && Number(Math.abs(value).toFixed(places)) !== 0 ? minus + text : text;
}

/**
 * Digits after the point that a deviation leaves meaningful: its first digit, its second too where the first is a 1; at
 * least one digit unless it is 10 or more.
 */
export function deviationDecimals(sd: number): number {
  if (sd >= 10) return 0;
  if (sd <= 0) return 3;
  const first = Math.ceil(-Math.log10(sd));
  const isOne = sd < 2 * Number(`1e${-first}`);
  return Math.min(3, Math.max(1, isOne ? first + 1 : first));
}

const decimalsOf = (cell: Compared, column: TableColumn): number | undefined =>
  cell.sd === undefined ? column.decimals : deviationDecimals(cell.sd);

/** `8.61 ± 0.04`, or the plain number where nothing is random. */
export function oursText(cell: Compared, column: TableColumn): string {
  if (cell.ours === null) return absent;
  const decimals = decimalsOf(cell, column);
  const mean = numberText(cell.ours, decimals);
  return cell.sd === undefined ? mean : `${mean} ± ${numberText(cell.sd, decimals)}`;
}

/** `8.61 ± 0.04 (20 seeds)`. */
export const oursWithSeeds = (cell: Compared, column: TableColumn): string =>
  cell.sd === undefined ? oursText(cell, column) : `${oursText(cell, column)} (${cell.seeds} seeds)`;

/** Digits after the point as the paper prints them. */
const printedDecimals = (value: number): number => String(value).split('.')[1]?.length ?? 0;

export const paperText = (cell: Compared, column: TableColumn): string =>
  cell.paper === null ? absent : numberText(cell.paper, column.decimals ?? printedDecimals(cell.paper));

/** Signed unless it rounds to zero: `+0.07`, `−1.2`, `0.0`. */
export function differenceText(cell: Compared, column: TableColumn): string {
  if (cell.difference === null) return absent;
  const text = numberText(cell.difference, decimalsOf(cell, column));
  return text.startsWith(minus) || !/[1-9]/.test(text) ? text : `+${text}`;
}

/** The text of a cell that compares nothing. */
export function plainText(cell: Cell | undefined, column: TableColumn): string {
  if (cell === null || cell === undefined) return absent;
  if (typeof cell === 'number') return numberText(cell, column.decimals);
  if (typeof cell === 'string') return cell;
  if (isLabel(cell)) return cell.title;
  return isCompared(cell) ? oursText(cell, column) : absent;
}

export const heading = (column: TableColumn): string =>
  column.unit && column.title ? `${column.title} (${column.unit})` : column.title || column.unit;
