/** Small results as row objects: for queries of a few thousand rows at most. */
import { readFile } from 'node:fs/promises';
import type { Database, Parameters } from '../../pipeline/database.js';

/** `sql` is the query itself or the .sql file that holds it; the caller vouches for the shape of a row. */
export async function queryRows<Row>(database: Database, sql: string | URL, parameters?: Parameters): Promise<Row[]> {
  const text = typeof sql === 'string' ? sql : await readFile(sql, 'utf8');
  // Loaded here: listing the tables, which every command does, must not load Arrow.
  const { toRows } = await import('../../pipeline/rows.js');
  return toRows(await database.query(text, parameters)) as Row[];
}
