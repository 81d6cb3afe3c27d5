/**
 * What a dataset's table is: its columns with type, unit and meaning, and the order of its rows. In memory its rows are
 * an Arrow table over typed arrays (`rows.ts`); on disk they are Parquet (`database.ts`).
 */
export type ColumnType = 'string' | 'int32' | 'int64' | 'double' | 'boolean';

export interface Column {
  readonly type: ColumnType;
  /** The unit as printed (`J`, `µs`, `%`); empty for counts, names and flags. */
  readonly unit: string;
  readonly meaning: string;
  readonly nullable: boolean;
}

export interface TableSchema<Name extends string = string> {
  readonly name: string;
  /** What one row is. */
  readonly row: string;
  readonly columns: Readonly<Record<Name, Column>>;
  /** The columns that order its rows; together they identify a row. */
  readonly order: readonly Name[];
}

const column =
  (type: ColumnType) =>
  (meaning: string, unit = ''): Column => ({ type, unit, meaning, nullable: false });

export const string = column('string');
export const int32 = column('int32');
export const int64 = column('int64');
export const double = column('double');
export const boolean = column('boolean');

/** A column whose values may be absent: null, never 0, -1 or NaN. */
export const nullable = (of: Column): Column => ({ ...of, nullable: true });

export function table<Name extends string>(
  name: string,
  row: string,
  columns: Readonly<Record<Name, Column>>,
  order: readonly NoInfer<Name>[],
): TableSchema<Name> {
  return { name, row, columns, order };
}
