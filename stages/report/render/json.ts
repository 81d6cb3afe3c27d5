/** A table as JSON: the contract of DESIGN 8. Labels are written as their keys, numbers to nine significant digits. */
import { isLabel, type Cell, type TableData } from '../table_json.js';

/** More than any of them deserves, few enough that 0.1 + 0.2 is written 0.3. */
const significantDigits = 9;

export const roundedNumber = (value: number): number =>
  Number.isInteger(value) ? value : Number(value.toPrecision(significantDigits));

function cellJson(cell: Cell | undefined): unknown {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'number') return roundedNumber(cell);
  if (typeof cell === 'string') return cell;
  if (isLabel(cell)) return cell.key;
  return Object.fromEntries(
    Object.entries(cell).map(([name, value]) => [name, value === null ? null : roundedNumber(value as number)]),
  );
}

export function json(table: TableData): string {
  const rows = table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column) => [column.name, cellJson(row[column.name])])),
  );
  const columns = table.columns.map(({ name, title, unit }) => ({ name, title, unit }));
  const { id, title, caption, source, notes } = table;
  return `${JSON.stringify({ id, title, caption, source, columns, rows, notes }, null, 2)}\n`;
}
