/** Answers one query on a database that is locked down; what is wrong with the query is told in DuckDB's words. */
import { StatementType } from '@duckdb/node-api';
import type { Table } from 'apache-arrow';
import { abridged } from '../../abridged.js';
import { nearest } from '../../config/nearest.js';
import { DatabaseError, type Database } from '../../database.js';
import { UnavailableError, UsageError } from '../../errors.js';
import type { LeftOut } from '../../graph.js';
import { systemProblem } from '../../system_problem.js';
import type { Dataset } from '../datasets.js';

const reading = [StatementType.SELECT, StatementType.EXPLAIN];

/** A PIVOT is parsed into an enumeration of its columns and the query proper. */
const hasPivot = (sql: string): boolean => /\bpivot\b/i.test(sql);

const withoutComments = (sql: string): string => sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ').trim();

const notReading = (sql: string): UsageError =>
  new UsageError(
    `${withoutComments(sql).split(/\s/)[0].toUpperCase()} is no query: ` +
      "`pipeline query` reads the run's datasets and changes nothing",
  );

/** Refuses what is not exactly one query that reads. */
async function checkReads({ connection }: Database, sql: string): Promise<void> {
  if (/^[\s;]*$/.test(withoutComments(sql)))
    throw new UsageError('the query is empty', 'e.g. "SELECT model, avg(wall_j) FROM features GROUP BY 1"');
  const statements = await connection.extractStatements(sql);
  const pivot = statements.count === 2 && hasPivot(sql);
  if (statements.count > 1 && !pivot) throw new UsageError(`expected one query, received ${statements.count}`);
  for (let i = 0; i < statements.count; i++) {
    const statement = await statements.prepare(i);
    const type = statement.statementType;
    if (pivot && i === 0 && type === StatementType.CREATE) await statement.run();
    else if (!reading.includes(type)) throw notReading(sql);
    else if (type === StatementType.EXPLAIN) await checkExplained(connection, sql);
  }
}

const explain = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*explain\s+(?:analyze\s+)?(?:\([^()]*\)\s*)?/i;

/** EXPLAIN ANALYZE does what it explains: it may explain a query alone. */
async function checkExplained(connection: Database['connection'], sql: string): Promise<void> {
  const explained = sql.replace(explain, '');
  const statements = await connection.extractStatements(explained);
  const { statementType } = await statements.prepare(0);
  if (statementType !== StatementType.SELECT) throw notReading(explained);
}

/** An answer is held in memory: what exceeds this would end the program without a word. */
const mostBytes = 2 ** 30;

/** Throws a UsageError where the query is wrong, an UnavailableError where it names a dataset that is not there yet. */
export async function answer(
  database: Database,
  sql: string,
  datasets: ReadonlyMap<string, Dataset>,
  config: string,
  leftOut: readonly LeftOut[],
): Promise<Table> {
  try {
    await checkReads(database, sql);
    return await database.query(sql, undefined, mostBytes);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const refused = systemProblem(error, 'the query');
    if (refused) throw refused;
    const cause = error instanceof DatabaseError ? error.cause : error;
    throw explained(cause instanceof Error ? cause.message : String(cause), datasets, config, leftOut);
  }
}

function explained(
  message: string,
  datasets: ReadonlyMap<string, Dataset>,
  config: string,
  leftOut: readonly LeftOut[],
): UsageError | UnavailableError {
  const shut = /Permission Error: (Cannot access \w+ "[^"]*")/.exec(message)?.[1];
  if (shut) return new UsageError(`a query reads the run's datasets and nothing else: ${shut[0].toLowerCase()}${shut.slice(1)}`); // prettier-ignore
  const table = /Table with name "?(.*?)"? does not exist/.exec(message)?.[1];
  const own = message.replace(/^Failed to extract statements: /, '');
  if (table === undefined) return new UsageError(own);
  const known = datasets.get(table.toLowerCase());
  if (known) return notComputed(known, config, leftOut);
  const there = [...datasets.values()].filter(({ files }) => files.length > 0).map((dataset) => dataset.table);
  const near = nearest(table, [...datasets.keys()]);
  // DuckDB's own proposal may be a table of its catalogue.
  const text = own.replace(/\nDid you mean [^\n]*/, '');
  const tables = there.length > 0 ? `there are ${there.join(', ')}` : `nothing is computed yet: pipeline run ${config}`;
  return new UsageError(text, near ? `did you mean ${near}? ${tables}` : tables);
}

function notComputed(
  { table, missing, stages }: Dataset,
  config: string,
  leftOut: readonly LeftOut[],
): UnavailableError {
  if (stages.length === 0) return new UnavailableError(`${table} is no part of this run`, leftOut[0]?.text);
  const tasks = missing.length > 0 ? ` (${abridged(missing)})` : '';
  return new UnavailableError(
    `${table} is not computed yet${tasks}`,
    `compute it: pipeline run ${config} --stage ${stages.at(-1)}`,
  );
}
