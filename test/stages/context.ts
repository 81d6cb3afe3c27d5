/**
 * A task's context in memory, for testing a stage's `run` without the engine: the tables it reads are given as Arrow
 * tables, what it writes is kept, with the columns, types and order that the engine would have published.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import { Database, quoteName } from '../../pipeline/database.js';
import type { Partition, RowsToWrite, Source, TaskContext, Upstream } from '../../pipeline/stage.js';
import type { ColumnType, TableSchema } from '../../pipeline/table.js';

export interface FakeContextOptions<Params> {
  readonly params: Params;
  /** The tables the stage reads, by name; include a partition's attributes (`session`) where the stage uses them. */
  readonly tables?: Readonly<Record<string, ArrowTable>>;
  readonly partition?: Partition;
  readonly upstream?: Upstream;
  readonly source?: Partial<Source>;
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

export interface FakeContext<Params> extends TaskContext<Params> {
  /** What was written, by the table's name. */
  readonly written: ReadonlyMap<string, ArrowTable>;
  /** What was published below the run's report folder, by path. */
  readonly published: ReadonlyMap<string, string>;
  /** Every call of `progress`. */
  readonly steps: readonly (readonly [done: number, total: number])[];
  readonly close: () => void;
}

/** DuckDB's names of a column's type; an Arrow table's strings arrive as an enumeration. */
const databaseTypes: Readonly<Record<ColumnType, RegExp>> = {
  string: /^(VARCHAR|ENUM\(.*\))$/s,
  int32: /^INTEGER$/,
  int64: /^BIGINT$/,
  double: /^DOUBLE$/,
  boolean: /^BOOLEAN$/,
};

/** The rows of a query in the schema's columns and order; throws where a column lacks, has another type or a null. */
async function conform(database: Database, schema: TableSchema, sql: string): Promise<ArrowTable> {
  const names = Object.keys(schema.columns);
  const select = `SELECT ${names.map(quoteName).join(', ')} FROM (${sql}) ORDER BY ${schema.order.map(quoteName).join(', ')}`;
  const described = await database.query(`DESCRIBE ${select}`);
  const types = Array.from(described.getChild('column_type')!) as string[];
  names.forEach((name, i) => {
    const expected = schema.columns[name].type;
    if (!databaseTypes[expected].test(types[i])) {
      throw new Error(`${schema.name}.${name}: expected ${expected}, received ${types[i]}`);
    }
  });
  const rows = await database.query(select);
  for (const name of names) {
    if (!schema.columns[name].nullable && rows.getChild(name)!.nullCount > 0) {
      throw new Error(`${schema.name}.${name}: absent values in a column that has none`);
    }
  }
  return rows;
}

/** A source that tells everything. */
export const anySource: Source = { kind: 'twin', label: 'simulated', about: {}, place: {} };

/** A context with its own database; `close` it at the end of the test. */
export async function fakeContext<Params>(options: FakeContextOptions<Params>): Promise<FakeContext<Params>> {
  const database = await Database.open();
  for (const [name, rows] of Object.entries(options.tables ?? {})) await database.insert(name, rows);
  const written = new Map<string, ArrowTable>();
  const published = new Map<string, string>();
  const steps: [number, number][] = [];
  const write = async (schema: TableSchema, rows: RowsToWrite): Promise<void> => {
    if (written.has(schema.name)) throw new Error(`${schema.name} was written before`);
    const given = `given ${schema.name}`;
    if (!('sql' in rows)) await database.insert(given, rows);
    const sql = 'sql' in rows ? rows.sql : `FROM ${quoteName(given)}`;
    written.set(schema.name, await conform(database, schema, sql));
  };
  return {
    run: 'test',
    params: options.params,
    configuration: options.configuration,
    inputs: [],
    partition: options.partition ?? {},
    upstream: options.upstream ?? {},
    source: { ...anySource, ...options.source },
    database,
    write,
    publish: async (path, content) => void published.set(path, content),
    progress: (done, total) => void steps.push([done, total]),
    signal: options.signal ?? new AbortController().signal,
    written,
    published,
    steps,
    close: () => database.close(),
  };
}
