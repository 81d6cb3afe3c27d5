/** Rows as CSV by RFC 4180: a header, CRLF at the end of a line, quotes where they are needed. */
import type { Table } from 'apache-arrow';
import { batches } from './row_batches.js';

/** An absent value is an empty field, an empty text a quoted one. */
function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (values: readonly unknown[]): string => `${values.map(field).join(',')}\r\n`;

export function* csvLines(rows: Table): Generator<string> {
  yield line(rows.schema.names);
  for (const batch of batches(rows)) yield batch.map(line).join('');
}
