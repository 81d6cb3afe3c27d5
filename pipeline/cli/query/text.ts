/** Rows as an aligned table for people: numbers to the right and to six digits, absent values as a dash. */
import { DataType, type Table } from 'apache-arrow';
import { alignColumns } from '../../terminal.js';
import { batches } from './row_batches.js';

/** More than a person reads, fewer than a wide table can afford. */
const digits = 6;

/** A longer text is cut on a terminal, where it would break the lines. */
const cellWidth = 48;

export function readableNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(digits)));
}

export function textTable(rows: Table, cut: boolean): string {
  const text = (value: unknown): string => {
    if (value === null || value === undefined) return '–';
    if (typeof value === 'number') return readableNumber(value);
    const line = String(value).replaceAll('\n', cut ? ' ' : '\\n');
    return cut && line.length > cellWidth ? `${line.slice(0, cellWidth - 1)}…` : line;
  };
  const names = rows.schema.names.map(String);
  // EXPLAIN draws its plan itself.
  if (names.join() === 'explain_key,explain_value') return String(rows.getChildAt(1)!.get(0));
  const right = new Set(
    rows.schema.fields.flatMap(({ type }, i) => (DataType.isInt(type) || DataType.isFloat(type) ? [i] : [])),
  );
  const cells = [...batches(rows)].flatMap((batch) => batch.map((row) => row.map(text)));
  return `${alignColumns([names, ...cells], right)}\n`;
}
