/** One value of a table, row by row of the table's order, in two runs. */
import { Database } from '../../database.js';
import { IntegrityError } from '../../errors.js';
import { openTables, verifyFiles } from '../../execute/task.js';
import { toRows } from '../../rows.js';
import { type TableSchema } from '../../table.js';
import { noteDamage } from '../datasets.js';
import { outputsOf, type Side } from './side.js';

export interface RowDifference {
  readonly keys: Readonly<Record<string, string | number | boolean | null>>;
  readonly a: number;
  readonly b: number;
  /** b − a */
  readonly difference: number;
}

export interface TableDifference {
  readonly table: string;
  readonly value: string;
  readonly unit: string;
  /** Rows that both have. */
  readonly compared: number;
  readonly only_a: number;
  readonly only_b: number;
  /** Those that differ by more than was asked for, the greatest difference first. */
  readonly rows: readonly RowDifference[];
}

type Row = ReturnType<typeof toRows>[number];

/** The rows of a table by the text of their keys; files are verified. */
async function readRows(side: Side, schema: TableSchema): Promise<Map<string, Row>> {
  const files = outputsOf(side, schema.name).map((output) => ({ ...output, partition: {} }));
  const database = await Database.open();
  try {
    const reads = [{ table: schema.name, files }];
    await openTables(database, reads, new Map([[schema.name, schema]]));
    const rows = toRows(await database.query(`SELECT * FROM ${schema.name} ORDER BY ${schema.order.join(', ')}`));
    verifyFiles(reads);
    return new Map(rows.map((row) => [JSON.stringify(schema.order.map((name) => row[name])), row]));
  } catch (error) {
    throw error instanceof IntegrityError ? noteDamage(side.run, error) : error;
  } finally {
    database.close();
  }
}

export async function rowDifferences(
  a: Side,
  b: Side,
  schema: TableSchema,
  value: string,
  above: number,
): Promise<TableDifference> {
  const [before, after] = [await readRows(a, schema), await readRows(b, schema)];
  const both = [...before].flatMap(([key, row]) => {
    const other = after.get(key);
    return other ? [{ row, other }] : [];
  });
  const rows = both
    .map(({ row, other }) => {
      const [x, y] = [Number(row[value]), Number(other[value])];
      const keys = Object.fromEntries(schema.order.map((name) => [name, row[name]]));
      return { keys, a: x, b: y, difference: y - x };
    })
    .filter(({ difference }) => Math.abs(difference) > above)
    .sort((one, two) => Math.abs(two.difference) - Math.abs(one.difference));
  return {
    table: schema.name,
    value,
    unit: schema.columns[value].unit,
    compared: both.length,
    only_a: before.size - both.length,
    only_b: after.size - both.length,
    rows,
  };
}
