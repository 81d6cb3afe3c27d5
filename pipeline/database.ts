/**
 * DuckDB as the pipeline uses it: one in-memory database for a task, one thread (so that sums of doubles do not depend
 * on scheduling), Arrow tables in and out, Parquet (zstd) on disk. Errors carry the SQL.
 */
import {
  DuckDBDataChunk,
  DuckDBEnum16Vector,
  DuckDBEnum8Vector,
  DuckDBInstance,
  type DuckDBConnection,
  type DuckDBResult,
  type DuckDBValue,
  type DuckDBVector,
} from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { ColumnBuilder, type Numeric, type NumericVector } from './column_builder.js';
import { Coded, encode } from './rows.js';

/** DuckDB's own vector size: rows travel in chunks of this many. */
const chunkRows = 2048;

/** Above this many distinct strings a column is appended value by value instead of as an enumeration. */
const maxEnumeration = 20_000;

export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  constructor(
    readonly sql: string,
    cause: unknown,
  ) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\n  in the query\n${sql.trim()}`, { cause });
  }
}

export interface DatabaseOptions {
  readonly threads?: number;
  /** e.g. `1GB`; DuckDB's default is 80 % of the machine's memory. */
  readonly memoryLimit?: string;
}

export type Parameters = Readonly<Record<string, string | number | bigint | boolean | null>>;

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export class Database {
  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
  ) {}

  static async open({ threads = 1, memoryLimit }: DatabaseOptions = {}): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      ...(memoryLimit ? { memory_limit: memoryLimit } : {}),
    }).catch((error: unknown) => {
      throw new DatabaseError('-- an empty database is opened', error);
    });
    const database = new Database(instance, await instance.connect());
    await database.run(`SET TimeZone = 'UTC'; SET temp_directory = ''`);
    return database;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** One connection streams one result at a time: what is asked meanwhile waits its turn. */
  private turn: Promise<unknown> = Promise.resolve();

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work, work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async stream(sql: string, parameters?: Parameters): Promise<DuckDBResult> {
    try {
      return await this.connection.stream(sql, parameters as Record<string, DuckDBValue> | undefined);
    } catch (error) {
      throw new DatabaseError(sql, error);
    }
  }

  /** Runs one or more statements for their effect. Parameters are `$name` in the SQL. */
  run(sql: string, parameters?: Parameters): Promise<void> {
    return this.inTurn(async () => {
      try {
        await this.connection.run(sql, parameters as Record<string, DuckDBValue> | undefined);
      } catch (error) {
        throw new DatabaseError(sql, error);
      }
    });
  }

  /** The rows of a query as an Arrow table over typed arrays; strings become dictionaries. Fails beyond `mostBytes` in memory. */
  query(sql: string, parameters?: Parameters, mostBytes = Infinity): Promise<arrow.Table> {
    return this.inTurn(() => this.collect(sql, parameters, mostBytes));
  }

  private async collect(sql: string, parameters: Parameters | undefined, mostBytes: number): Promise<arrow.Table> {
    const result = await this.stream(sql, parameters);
    const names = result.deduplicatedColumnNames();
    const builders = names.map((_, i) => new ColumnBuilder(result.columnType(i)));
    try {
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        for (let i = 0; i < builders.length; i++) builders[i].add(chunk.getColumnVector(i), chunk.rowCount);
        if (builders.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes)
          throw new Error(
            `the answer takes more than ${mostBytes / 2 ** 30} GiB of memory: ask for less of it (LIMIT), or for sums`,
          );
      }
    } catch (error) {
      throw new DatabaseError(sql, error);
    }
    return new arrow.Table(Object.fromEntries(names.map((name, i) => [name, builders[i].vector()])));
  }

  /** Makes a DuckDB table of an Arrow table's rows. */
  async insert(name: string, rows: arrow.Table): Promise<void> {
    const columns = rows.schema.fields.map((f) => new ColumnWriter(f.name, rows.getChild(f.name)!));
    await this.run(`CREATE TEMP TABLE ${quoteName(name)} (${columns.map((c) => c.definition()).join(', ')})`);
    const appender = await this.connection.createAppender(name);
    const types = columns.map((_, i) => appender.columnType(i));
    for (let from = 0; from < rows.numRows; from += chunkRows) {
      const count = Math.min(chunkRows, rows.numRows - from);
      const chunk = DuckDBDataChunk.create(types, count);
      columns.forEach((column, i) => column.fill(chunk.getColumnVector(i), from, count));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** Names the rows of Parquet files; `extra` adds constant columns (a partition's attributes), file by file. */
  async view(
    name: string,
    files: readonly { readonly path: string; readonly extra?: Readonly<Record<string, string>> }[],
  ): Promise<void> {
    const parts = files.map(({ path, extra = {} }) => {
      const constants = Object.entries(extra).map(([key, value]) => `, ${quoteText(value)} AS ${quoteName(key)}`);
      return `SELECT *${constants.join('')} FROM read_parquet(${quoteText(path)})`;
    });
    await this.run(`CREATE VIEW ${quoteName(name)} AS ${parts.join('\nUNION ALL BY NAME ')}`);
  }

  /** Writes the rows of a query to a Parquet file and returns their number. */
  async copy(sql: string, path: string): Promise<number> {
    const copied = await this.query(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`);
    return Number(copied.getChildAt(0)!.get(0));
  }
}

/** Numbers that lie in one typed array from its beginning. */
const isPlain = ({ type, data, length }: arrow.Vector): boolean =>
  (arrow.DataType.isInt(type) || arrow.DataType.isFloat(type)) &&
  data.length === 1 &&
  data[0].offset === 0 &&
  (data[0].values as Numeric).length >= length;

/** The bits of some rows, the first of them at a byte's beginning, as DuckDB's words. */
function wordsOf(bits: Uint8Array, from: number, count: number): BigUint64Array {
  const words = new BigUint64Array(Math.ceil(count / 64));
  new Uint8Array(words.buffer).set(bits.subarray(from >> 3, (from + count + 7) >> 3));
  return words;
}

/** Fills one column of DuckDB's chunks from an Arrow vector. */
class ColumnWriter {
  private readonly typed: Numeric | undefined;
  /** Arrow's bit a row, where some of `typed` are null. */
  private readonly valid: Uint8Array | undefined;
  private readonly coded: Coded | undefined;

  constructor(
    private readonly name: string,
    private readonly values: arrow.Vector,
  ) {
    const whole = values.nullCount === 0 && values.data.length === 1;
    if (arrow.DataType.isDictionary(values.type)) {
      if (whole) {
        const dictionary = values.data[0].dictionary!;
        this.coded = new Coded(values.data[0].values as Int32Array, Array.from(dictionary) as string[]);
      } else this.coded = encode(Array.from(values) as (string | null)[]);
    } else if (isPlain(values)) {
      this.typed = values.data[0].values as Numeric;
      if (values.nullCount > 0) this.valid = values.data[0].nullBitmap;
    }
  }

  private get enumerated(): boolean {
    return !!this.coded && this.coded.values.length > 0 && this.coded.values.length <= maxEnumeration;
  }

  definition(): string {
    return `${quoteName(this.name)} ${this.type()}`;
  }

  private type(): string {
    if (this.coded) return this.enumerated ? `ENUM(${this.coded.values.map(quoteText).join(', ')})` : 'VARCHAR';
    if (arrow.DataType.isBool(this.values.type)) return 'BOOLEAN';
    if (arrow.DataType.isFloat(this.values.type)) return 'DOUBLE';
    return arrow.DataType.isInt(this.values.type) && this.values.type.bitWidth === 64 ? 'BIGINT' : 'INTEGER';
  }

  fill(into: DuckDBVector, from: number, count: number): void {
    const items = (into as unknown as { items: Numeric | Uint8Array }).items;
    if (this.typed) {
      (items as Float64Array).set((this.typed as Float64Array).subarray(from, from + count));
      if (this.valid) (into as unknown as NumericVector).validity.data = wordsOf(this.valid, from, count);
    } else if (this.coded && this.enumerated) {
      for (let i = 0; i < count; i++) {
        const code = this.coded.codes[from + i];
        if (code < 0) (into as DuckDBEnum8Vector | DuckDBEnum16Vector).setItem(i, null);
        else items[i] = code;
      }
    } else {
      for (let i = 0; i < count; i++) {
        const code = this.coded?.codes[from + i];
        const value: unknown = this.coded ? (code! < 0 ? null : this.coded.values[code!]) : this.values.get(from + i);
        (into as unknown as { setItem(index: number, value: unknown): void }).setItem(i, value ?? null);
      }
    }
    into.flush();
  }
}
