/**
 * A table as plain text in rows and columns, for formats that have one line a cell. With few columns to compare, each
 * becomes three (paper, ours, difference); with many, each row becomes three.
 */
import {
  comparesColumn,
  isCompared,
  type Compared,
  type TableBody,
  type TableColumn,
  type TableRow,
} from '../table_json.js';
import { absent, differenceText, heading, oursText, oursWithSeeds, paperText, plainText } from './cell.js';

export interface Grid {
  readonly header: readonly string[];
  /** True for columns of numbers, which are set flush right. */
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly string[])[];
}

/** Up to so many compared columns fit side by side on a page, three for one. */
const maxSideBySide = 3;

export function grid(table: TableBody): Grid {
  const some = table.columns.filter((column) => comparesColumn(table, column));
  return some.length <= maxSideBySide ? sideBySide(table) : stacked(table);
}

const isNumeric = (table: TableBody, column: TableColumn): boolean =>
  table.rows.some((row) => typeof row[column.name] === 'number' || isCompared(row[column.name]));

function sideBySide(table: TableBody): Grid {
  const parts = table.columns.map((column) => {
    const title = heading(column);
    if (!comparesColumn(table, column)) {
      return {
        header: [title],
        numeric: [isNumeric(table, column)],
        cells: (row: TableRow) => [plainText(row[column.name], column)],
      };
    }
    return {
      header: [`${title}: paper`, `${title}: ours`, `${title}: difference`],
      numeric: [true, true, true],
      cells: (row: TableRow) => {
        const cell = row[column.name];
        if (!isCompared(cell)) return [absent, plainText(cell, column), absent];
        return [paperText(cell, column), oursWithSeeds(cell, column), differenceText(cell, column)];
      },
    };
  });
  return {
    header: parts.flatMap((part) => part.header),
    numeric: parts.flatMap((part) => part.numeric),
    rows: table.rows.map((row) => parts.flatMap((part) => part.cells(row))),
  };
}

const lines = [
  { name: 'paper', has: (cell: Compared) => cell.paper !== null, text: paperText },
  { name: 'ours', has: (cell: Compared) => cell.ours !== null, text: oursText },
  { name: 'difference', has: (cell: Compared) => cell.difference !== null, text: differenceText },
] as const;

/** The number of seeds behind a row's means, where all its random cells have the same. */
export function seedsOf(row: TableRow): number | null {
  const seeds = new Set(
    Object.values(row).flatMap((cell) => (isCompared(cell) && cell.sd !== undefined ? [cell.seeds ?? 1] : [])),
  );
  return seeds.size === 1 ? [...seeds][0] : null;
}

function stacked(table: TableBody): Grid {
  const first = table.columns.findIndex((column) => comparesColumn(table, column));
  const split = <T>(values: readonly T[], own: T): T[] => [...values.slice(0, first), own, ...values.slice(first)];
  const rows = table.rows.flatMap((row) => {
    const cells = Object.values(row).filter(isCompared);
    const kept = lines.filter((line) => cells.some(line.has));
    return (kept.length > 0 ? kept : lines.slice(1, 2)).map((line, index) => {
      const texts = table.columns.map((column) => {
        const cell = row[column.name];
        if (isCompared(cell)) return line.text(cell, column);
        return index === 0 ? plainText(cell, column) : '';
      });
      const seeds = line.name === 'ours' ? seedsOf(row) : null;
      return split(texts, seeds === null ? line.name : `${line.name} (${seeds} seeds)`);
    });
  });
  return {
    header: split(table.columns.map(heading), ''),
    numeric: split(
      table.columns.map((column) => isNumeric(table, column)),
      false,
    ),
    rows,
  };
}
