/**
 * Runs one task where it stands: verifies what it reads, gives the stage its tables as views, writes what it returns
 * under temporary names, and publishes all of it at the end. The same code runs in a worker thread and in a job of a
 * cluster.
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Table as ArrowTable } from 'apache-arrow';
import { Database, quoteName, quoteText } from '../database.js';
import { IntegrityError } from '../errors.js';
import { findings, type Severity } from '../findings.js';
import { reportFolder, runFolder } from '../paths.js';
import { partitionKey, type Partition, type RowsToWrite, type Source, type Upstream } from '../stage.js';
import { saysNothingOfFile, withFile } from '../system_problem.js';
import { discard, publish } from '../store/atomic.js';
import { hashFile, hashFileOnce } from '../store/hash.js';
import { fileState, type Output } from '../store/manifest.js';
import { temporaryName } from '../store/temporary_name.js';
import { toRows } from '../rows.js';
import { type Column, type TableSchema } from '../table.js';
import type { TellProgress } from './executor.js';
import type { LoadedStages } from './load_stages.js';
import { rehearse } from './rehearsal.js';

/** A table's files as one task reads them. */
export interface TaskRead {
  readonly table: string;
  readonly files: readonly {
    readonly task: string;
    readonly partition: Partition;
    readonly path: string;
    readonly sha256: string;
    readonly rows: number;
  }[];
}

/** All that a worker needs to know of a task: plain data. */
export interface TaskSpec {
  readonly id: string;
  readonly run: string;
  readonly stage: string;
  /** What its result will be recorded under: two specs of one fingerprint ask for the same bytes. */
  readonly fingerprint: string;
  /** Instruments that it needs for itself. */
  readonly requires: readonly string[];
  readonly partition: Partition;
  readonly params: unknown;
  readonly configuration: Readonly<Record<string, unknown>> | undefined;
  readonly borrowed: unknown;
  /** The stage that it may rehearse, with that one's settings. */
  readonly rehearsed: { readonly stage: string; readonly params: unknown } | null;
  readonly source: Source;
  readonly upstream: Upstream;
  readonly reads: readonly TaskRead[];
}

export interface TaskResult {
  readonly outputs: readonly Output[];
  readonly findings: Readonly<Record<Severity, number>>;
  /** The first messages of what refuses. */
  readonly refusals: readonly string[];
  readonly seconds: number;
}

export interface TaskHooks {
  readonly progress: TellProgress;
  readonly signal: AbortSignal;
  /** Asked when all is written and nothing is visible yet; throws where nothing of it may be. */
  readonly beforePublishing?: () => void;
}

/** DuckDB's type of a column. */
export const sqlType = (column: Column): string =>
  ({ string: 'VARCHAR', int32: 'INTEGER', int64: 'BIGINT', double: 'DOUBLE', boolean: 'BOOLEAN' })[column.type];

/** Checks each file's content against what its writer recorded: Parquet does not notice flipped bits. */
export function verifyFiles(reads: readonly TaskRead[]): void {
  for (const { path, sha256, task } of reads.flatMap(({ files }) => files)) {
    let found: string;
    try {
      found = hashFileOnce(path);
    } catch (error) {
      if (saysNothingOfFile(error)) throw error;
      throw new IntegrityError(path, task, (error as Error).message);
    }
    if (found !== sha256) throw new IntegrityError(path, task, 'its SHA-256 is not the one that was recorded');
  }
}

/** Views of what is read, each file verified. */
export async function openTables(
  database: Database,
  reads: readonly TaskRead[],
  schemas: ReadonlyMap<string, TableSchema>,
): Promise<void> {
  verifyFiles(reads);
  for (const { table, files } of reads) {
    const schema = schemas.get(table)!;
    if (files.length > 0) {
      const extra = (partition: Partition) =>
        Object.fromEntries(Object.entries(partition).filter(([name]) => !(name in schema.columns)));
      await database.view(
        table,
        files.map(({ path, partition }) => ({ path, extra: extra(partition) })),
      );
    } else {
      const nothing = Object.entries(schema.columns).map(([name, c]) => `NULL::${sqlType(c)} AS ${quoteName(name)}`);
      await database.run(`CREATE VIEW ${quoteName(table)} AS SELECT ${nothing.join(', ')} WHERE false`);
    }
  }
}

/** What a task has written so far, under temporary names. */
class Writer {
  private readonly pending: { temporary: string; output: Omit<Output, 'mtime_ms'> }[] = [];
  readonly counts: Record<Severity, number> = { info: 0, warn: 0, exclude: 0, refuse: 0 };
  refusals: string[] = [];

  constructor(
    private readonly spec: TaskSpec,
    private readonly database: Database,
  ) {}

  private add(table: string | null, path: string, temporary: string, rows: number): void {
    const { size: bytes } = statSync(temporary);
    this.pending.push({ temporary, output: { table, path, bytes, rows, sha256: hashFile(temporary) } });
  }

  private reserve(path: string): string {
    if (this.pending.some(({ output }) => output.path === path)) throw new Error(`${path} is written twice`);
    mkdirSync(dirname(path), { recursive: true });
    return temporaryName(path);
  }

  async table(schema: TableSchema, rows: RowsToWrite): Promise<void> {
    const path = join(
      runFolder(this.spec.run),
      this.spec.stage,
      schema.name,
      `${partitionKey(this.spec.partition)}.parquet`,
    );
    const temporary = this.reserve(path);
    const staged = `${schema.name} to write`;
    if ('sql' in rows) await this.database.run(`CREATE TEMP TABLE ${quoteName(staged)} AS ${rows.sql}`);
    else await this.database.insert(staged, rows);
    await this.checkColumns(schema, staged);
    const columns = Object.entries(schema.columns).map(
      ([name, column]) => `${quoteName(name)}::${sqlType(column)} AS ${quoteName(name)}`,
    );
    const order = schema.order.map((name) => `${quoteName(name)} NULLS FIRST`).join(', ');
    try {
      const count = await this.database.copy(
        `SELECT ${columns.join(', ')} FROM ${quoteName(staged)} ORDER BY ${order}`,
        temporary,
      );
      this.add(schema.name, path, temporary, count);
      if (schema === findings) await this.countFindings(staged);
    } catch (error) {
      discard(temporary);
      throw error;
    }
    await this.database.run(`DROP TABLE ${quoteName(staged)}`);
  }

  private async checkColumns(schema: TableSchema, staged: string): Promise<void> {
    const described = await this.database.query(`SELECT column_name FROM (DESCRIBE ${quoteName(staged)})`);
    const found = toRows(described).map(({ column_name }) => String(column_name));
    const extra = found.filter((name) => !(name in schema.columns));
    if (extra.length > 0) throw new Error(`${schema.name}: columns that the table does not have: ${extra.join(', ')}`);
    const required = Object.entries(schema.columns).filter(([, column]) => !column.nullable);
    const absent = required.map(([name]) => `count(*) FILTER (${quoteName(name)} IS NULL) AS ${quoteName(name)}`);
    const [counts] = toRows(await this.database.query(`SELECT ${absent.join(', ')} FROM ${quoteName(staged)}`));
    for (const [name, count] of Object.entries(counts)) {
      if (count !== 0) throw new Error(`${schema.name}: ${String(count)} absent values in column ${name}`);
    }
  }

  private async countFindings(staged: string): Promise<void> {
    for (const { severity, n } of toRows(
      await this.database.query(
        `SELECT severity::VARCHAR AS severity, count(*) AS n FROM ${quoteName(staged)} GROUP BY 1`,
      ),
    )) {
      this.counts[severity as Severity] = Number(n);
    }
    const refusing = await this.database.query(
      `SELECT check_id || ' ' || subject || ': ' || message AS text FROM ${quoteName(staged)}
       WHERE severity = ${quoteText('refuse')} ORDER BY 1 LIMIT 5`,
    );
    this.refusals = toRows(refusing).map(({ text }) => String(text));
  }

  async file(path: string, content: string): Promise<void> {
    const whole = normalize(join(reportFolder(this.spec.run), path));
    if (!whole.startsWith(join(reportFolder(this.spec.run), '/')))
      throw new Error(`${path} leaves the report's folder`);
    const temporary = this.reserve(whole);
    try {
      withFile(whole, () => writeFileSync(temporary, content));
      this.add(null, whole, temporary, 0);
    } catch (error) {
      discard(temporary);
      throw error;
    }
  }

  /** Gives everything its final name. */
  publish(): Output[] {
    return this.pending.map(({ temporary, output }) => {
      publish(temporary, output.path);
      return { ...output, mtime_ms: fileState(output.path)!.mtime_ms };
    });
  }

  discard(): void {
    for (const { temporary } of this.pending) discard(temporary);
  }
}

/** Runs a task to the end; nothing of it is visible before. Throws IntegrityError where an input is damaged. */
export async function runTask(
  spec: TaskSpec,
  { stages, schemas }: LoadedStages,
  { progress, signal, beforePublishing }: TaskHooks,
): Promise<TaskResult> {
  const started = performance.now();
  const { run, partition, source, rehearsed } = spec;
  const stage = stages.get(spec.stage)!;
  const database = await Database.open();
  const writer = new Writer(spec, database);
  try {
    await openTables(database, spec.reads, schemas);
    await stage.run({
      run,
      params: spec.params,
      configuration: spec.configuration,
      borrowed: spec.borrowed,
      inputs: spec.reads.flatMap(({ table, files }) =>
        files.map(({ task, sha256, rows }) => ({ task, table, sha256, rows })),
      ),
      partition,
      upstream: spec.upstream,
      source,
      ...(rehearsed && {
        rehearse: (reads) =>
          rehearse(stages.get(rehearsed.stage)!, rehearsed.params, reads, { run, partition, source, signal }),
      }),
      database,
      write: (schema: TableSchema, rows: { sql: string } | ArrowTable) => writer.table(schema, rows),
      publish: (path: string, content: string) => writer.file(path, content),
      progress,
      signal,
    });
    signal.throwIfAborted();
    beforePublishing?.();
    const outputs = writer.publish();
    const written = new Set(outputs.map(({ table }) => table));
    const missing = stage.writes.filter(({ name }) => !written.has(name));
    if (missing.length > 0) throw new Error(`${spec.id} did not write ${missing.map(({ name }) => name).join(', ')}`);
    const seconds = Math.round(performance.now() - started) / 1000;
    return { outputs, findings: writer.counts, refusals: writer.refusals, seconds };
  } catch (error) {
    writer.discard();
    throw error;
  } finally {
    database.close();
  }
}
