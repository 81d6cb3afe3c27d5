/**
 * A table as CSV (RFC 4180) for programs: numbers unrounded, a compared column as `.paper`, `.ours`, `.difference` and,
 * where something is random, `.sd` and `.seeds`; the source label in the last column.
 */
import { comparesColumn, isCompared, isLabel, type Cell, type TableData, type TableRow } from '../table_json.js';
import { roundedNumber } from './json.js';

/** A spreadsheet takes a text that begins so for a formula, and runs it; an apostrophe says that it is a text. */
const formula = /^(?:[=@\t\r]|[+-](?![\d.]))/;

export const noFormula = (text: string): string => (formula.test(text) ? `'${text}` : text);

export function csvField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(roundedNumber(value)) : noFormula(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvLines = (rows: readonly (readonly (string | number | null | undefined)[])[]): string =>
  rows.map((row) => row.map(csvField).join(',') + '\n').join('');

const scalar = (cell: Cell | undefined): string | number | null => {
  if (isLabel(cell)) return cell.key;
  return isCompared(cell) ? cell.ours : (cell ?? null);
};

export function csv(table: TableData): string {
  const parts = table.columns.flatMap((column) => {
    const unit = column.unit ? ` (${column.unit})` : '';
    if (!comparesColumn(table, column)) {
      return [{ header: column.name + unit, value: (row: TableRow) => scalar(row[column.name]) }];
    }
    const random = table.rows.some((row) => isCompared(row[column.name]) && 'sd' in (row[column.name] as object));
    const fields = ['paper', 'ours', 'difference', ...(random ? ['sd', 'seeds'] : [])] as const;
    return fields.map((field) => ({
      header: `${column.name}.${field}${field === 'seeds' ? '' : unit}`,
      value: (row: TableRow) => {
        const cell = row[column.name];
        if (!isCompared(cell)) return field === 'ours' ? scalar(cell) : null;
        return cell[field as 'paper'] ?? null;
      },
    }));
  });
  return csvLines([
    [...parts.map((part) => part.header), 'source'],
    ...table.rows.map((row) => [...parts.map((part) => part.value(row)), table.source]),
  ]);
}
