/** Rows in the formats of `pipeline query`, to a stream or to a file that appears whole or not at all. */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { tableToIPC, type Table } from 'apache-arrow';
import { Database } from '../../database.js';
import { UsageError } from '../../errors.js';
import { discard, publishUserFile } from '../../store/atomic.js';
import { temporaryName } from '../../store/temporary_name.js';
import { withFile } from '../../system_problem.js';
import type { Terminal } from '../../terminal.js';
import { csvLines } from './csv.js';
import { jsonLines } from './json.js';
import type { Format } from '../query.js';
import { textTable } from './text.js';

type Streamed = Exclude<Format, 'parquet'>;

function* chunks(rows: Table, format: Streamed, cut: boolean): Generator<string | Uint8Array> {
  if (format === 'arrow') yield tableToIPC(rows, 'stream');
  else if (format === 'json') yield* jsonLines(rows);
  else if (format === 'csv') yield* csvLines(rows);
  else yield textTable(rows, cut);
}

/** Writes the rows to stdout. */
export async function emit(rows: Table, format: Format, terminal: Terminal): Promise<void> {
  for (const chunk of chunks(rows, format as Streamed, terminal.isRead)) await terminal.write(chunk);
}

/** Parquet through a database of its own: the one that was asked cannot write. */
async function saveParquet(rows: Table, path: string): Promise<void> {
  const database = await Database.open();
  try {
    await database.insert('rows', rows);
    await database.copy('SELECT * FROM rows', path);
  } finally {
    database.close();
  }
}

function saveChunks(content: Iterable<string | Uint8Array>, path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of content) {
      withFile(path, () => writeWhole(file, typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
    }
  } finally {
    closeSync(file);
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Writes the rows to a file; what was there before stays until all is written. */
export async function save(rows: Table, format: Format, path: string): Promise<void> {
  if (!existsSync(dirname(path))) throw new UsageError(`--output ${path}: there is no folder ${dirname(path)}`);
  if (existsSync(path) && statSync(path).isDirectory()) throw new UsageError(`--output ${path}: that is a folder`);
  const temporary = temporaryName(path);
  try {
    if (format === 'parquet') await saveParquet(rows, temporary);
    else saveChunks(chunks(rows, format, false), temporary);
    publishUserFile(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
}
