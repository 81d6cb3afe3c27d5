/**
 * A table's rows in memory: an Arrow table over typed arrays, made from plain arrays and read back into them.
 * `table.ts` has the schema, `database.ts` the way between Arrow and Parquet. Kept apart from the schema so that a
 * command which only looks at what is fresh need not load Arrow.
 */
import * as arrow from 'apache-arrow';
import type { Column, ColumnType, TableSchema } from './table.js';

export type ColumnValues =
  | Float64Array
  | Int32Array
  | BigInt64Array
  | readonly (string | null)[]
  | readonly (number | null)[]
  | readonly (boolean | null)[];

/** A column that repeats few distinct strings, as codes into them: cheap for a million rows. */
export class Coded {
  constructor(
    readonly codes: Int32Array,
    readonly values: readonly string[],
  ) {}
}

function arrowType(type: ColumnType): arrow.DataType {
  switch (type) {
    case 'string':
      return new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    case 'int32':
      return new arrow.Int32();
    case 'int64':
      return new arrow.Int64();
    case 'double':
      return new arrow.Float64();
    case 'boolean':
      return new arrow.Bool();
  }
}

function field(name: string, of: Column): arrow.Field {
  const metadata = new Map([['meaning', of.meaning]]);
  if (of.unit) metadata.set('unit', of.unit);
  return new arrow.Field(name, arrowType(of.type), of.nullable, metadata);
}

export function codedVector(coded: Coded): arrow.Vector {
  return arrow.makeVector(
    arrow.makeData({
      type: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
      length: coded.codes.length,
      nullCount: 0,
      data: coded.codes,
      dictionary: arrow.vectorFromArray(coded.values as string[], new arrow.Utf8()),
    }),
  );
}

/** Strings as codes; a null has code -1. */
export function encode(values: readonly (string | null)[]): Coded {
  const seen = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null) codes[i] = -1;
    else {
      let code = seen.get(value);
      if (code === undefined) seen.set(value, (code = seen.size));
      codes[i] = code;
    }
  }
  return new Coded(codes, [...seen.keys()]);
}

export function stringVector(values: readonly (string | null)[]): arrow.Vector {
  return values.includes(null) ? arrow.vectorFromArray(values, arrowType('string')) : codedVector(encode(values));
}

function vector(of: Column, values: ColumnValues | Coded): arrow.Vector {
  if (values instanceof Coded) return codedVector(values);
  if (of.type === 'string') return stringVector(values as readonly (string | null)[]);
  if (of.type === 'double' && values instanceof Float64Array) return arrow.makeVector(values);
  if (of.type === 'int32' && values instanceof Int32Array) return arrow.makeVector(values);
  if (of.type === 'int64') {
    if (values instanceof BigInt64Array) return arrow.makeVector(values);
    if (values instanceof Float64Array) return arrow.makeVector(BigInt64Array.from(values, BigInt));
    const bigints = Array.from(values as readonly (number | null)[], (v) => (v === null ? null : BigInt(v)));
    return arrow.vectorFromArray(bigints, new arrow.Int64());
  }
  return arrow.vectorFromArray(Array.from(values as Iterable<number | null>), arrowType(of.type));
}

/** An Arrow table of `schema` from plain arrays, one for each of its columns, all of one length. */
export function fromColumns<Name extends string>(
  schema: TableSchema<Name>,
  columns: Readonly<Record<Name, ColumnValues | Coded>>,
): arrow.Table {
  const names = Object.keys(schema.columns) as Name[];
  const vectors = names.map((name) => {
    if (!(name in columns)) throw new Error(`${schema.name}: column ${name} is missing`);
    return vector(schema.columns[name], columns[name]);
  });
  const lengths = new Set(vectors.map((v) => v.length));
  if (lengths.size > 1) throw new Error(`${schema.name}: columns of different lengths (${[...lengths].join(', ')})`);
  const arrowSchema = new arrow.Schema(names.map((name) => field(name, schema.columns[name])));
  const data = vectors.map((v) => v.data[0]);
  return new arrow.Table(
    arrowSchema,
    new arrow.RecordBatch(
      arrowSchema,
      arrow.makeData({
        type: new arrow.Struct(arrowSchema.fields),
        length: vectors[0]?.length ?? 0,
        nullCount: 0,
        children: data,
      }),
    ),
  );
}

/** The same from row objects: for tables of a few thousand rows. */
export function fromRows<Name extends string>(
  schema: TableSchema<Name>,
  rows: readonly Readonly<Record<Name, string | number | boolean | null>>[],
): arrow.Table {
  const names = Object.keys(schema.columns) as Name[];
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  return fromColumns(schema, columns as unknown as Record<Name, ColumnValues>);
}

function child(of: arrow.Table, name: string): arrow.Vector {
  const found = of.getChild(name);
  if (!found) throw new Error(`no column ${name}; there are ${of.schema.names.join(', ')}`);
  return found;
}

/** A numeric column as doubles (64-bit integers are exact below 2^53). Throws where a value is absent. */
export function numbers(of: arrow.Table, name: string): Float64Array {
  const from = child(of, name);
  if (from.nullCount > 0) throw new Error(`column ${name} has absent values: read it with optionalNumbers`);
  const array = from.toArray() as Float64Array | Int32Array | BigInt64Array;
  if (array instanceof Float64Array) return array;
  return array instanceof BigInt64Array ? Float64Array.from(array, Number) : Float64Array.from(array);
}

/** A numeric column with null where a value is absent. */
export function optionalNumbers(of: arrow.Table, name: string): (number | null)[] {
  return Array.from(child(of, name), (value) => (value === null ? null : Number(value)));
}

/** A string column; null where a value is absent is refused. */
export function strings(of: arrow.Table, name: string): string[] {
  const from = child(of, name);
  if (from.nullCount > 0) throw new Error(`column ${name} has absent values: read it with optionalStrings`);
  return Array.from(from) as string[];
}

export function optionalStrings(of: arrow.Table, name: string): (string | null)[] {
  return Array.from(child(of, name)) as (string | null)[];
}

/** Row objects, 64-bit integers as numbers: for tables of a few thousand rows. */
export function toRows(of: arrow.Table): Record<string, string | number | boolean | null>[] {
  const columns = of.schema.fields.map((f) => ({
    name: f.name,
    values: Array.from(child(of, f.name), (v: unknown) => (typeof v === 'bigint' ? Number(v) : v)),
  }));
  return Array.from({ length: of.numRows }, (_, i) =>
    Object.fromEntries(
      columns.map(({ name, values }) => [name, (values[i] ?? null) as string | number | boolean | null]),
    ),
  );
}
