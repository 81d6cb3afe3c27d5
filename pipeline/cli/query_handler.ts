/** What `pipeline query` does: finds the tables that a query names, verifies their files, answers it, prints the rows. */
import { extname } from 'node:path';
import type { Table } from 'apache-arrow';
import { Database } from '../database.js';
import { UsageError } from '../errors.js';
import { openToRead, type ProjectToRead } from '../project.js';
import type { Terminal } from '../terminal.js';
import type { Door } from './command.js';
import { datasetsOf, readDatasets, schemasOf, warningsOf } from './datasets.js';
import { formats, type Format, type QueryArgs } from './query.js';
import { answer } from './query/answer.js';
import { lockDown } from './query/lockdown.js';
import { namesIn } from './query/names.js';
import { emit, save } from './query/output.js';

/** Rows of a table that a terminal shows unless --limit says otherwise. */
const shownRows = 40;

function formatOf({ format, json, output }: QueryArgs): Format {
  if (json && format && format !== 'json') throw new UsageError(`--json and --format ${format}: choose one`);
  const byName = output && formats.find((one) => extname(output) === `.${one}`);
  const chosen = json ? 'json' : (format ?? (byName || 'table'));
  if (chosen === 'parquet' && !output) throw new UsageError('--format parquet needs --output FILE: it is no stream');
  return chosen;
}

function checkLimit(limit: number | undefined): void {
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0)) {
    throw new UsageError(`--limit ${limit}: expected a number of rows`);
  }
}

/** The rows of a query on a run. What must be known of the tables it reads is told as warnings. */
export async function rowsOf(
  project: ProjectToRead,
  sql: string,
  config: string,
  warn: (text: string) => void,
): Promise<Table> {
  const datasets = await datasetsOf(project);
  const database = await Database.open();
  try {
    const there = [...datasets.values()].filter(({ files, damaged }) => files.length + damaged.length > 0);
    const schemas = schemasOf(project.registry);
    const tables = there.map(({ table }) => table);
    const named = await namesIn(database, sql, tables);
    const used = there.filter(({ table }) => named.has(table));
    if (project.sourceProblem && used.length > 0)
      warn(`whether this is fresh cannot be told: ${project.sourceProblem}`);
    for (const dataset of used) warningsOf(dataset).forEach(warn);
    const shut = tables.filter((table) => !named.has(table)).map((table) => schemas.get(table)!);
    return await readDatasets(database, project.graph, schemas, used, async () => {
      await lockDown(database, used, shut);
      return answer(database, sql, datasets, config, project.graph.leftOut);
    });
  } finally {
    database.close();
  }
}

const counted = (rows: number): string => (rows === 1 ? '1 row' : `${rows} rows`);

export async function handle(args: QueryArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const format = formatOf(args);
  checkLimit(args.limit);
  const project = await openToRead(args.config, await openRegistry(), args.set);
  const all = await rowsOf(project, args.sql, args.config, (text) => terminal.warn(text));
  const screen = format === 'table' && !args.output && terminal.isRead;
  const limit = args.limit ?? (screen ? shownRows : all.numRows);
  const rows = limit < all.numRows ? all.slice(0, limit) : all;
  const shown = limit < all.numRows ? `${rows.numRows} of ${counted(all.numRows)}` : counted(all.numRows);
  if (args.output) await save(rows, format, args.output);
  else await emit(rows, format, terminal);
  terminal.say(args.output ? `${shown} in ${args.output}` : shown);
}
