/** Rows of a small table that somebody brings: CSV, JSON (a list of mappings) or Parquet. */
import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { readBounded } from '../../../pipeline/bounded_file.js';
import { UsageError } from '../../../pipeline/errors.js';

/** A row for every node of a large model, a thousand times over. */
const largest_mib = 64;

export type Value = string | number | boolean | null;

export interface FileRow {
  /** Where it stands, as printed: `profile.csv:7`. */
  readonly place: string;
  /** By column; an empty cell is null. */
  readonly values: Readonly<Record<string, Value>>;
}

/** The cells of a CSV text, line by line (RFC 4180: quotes around cells, doubled within). */
function cellsOf(text: string): string[][] {
  const lines: string[][] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const cells = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)];
    lines.push(cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain));
  }
  while (lines.length > 0 && lines.at(-1)!.join('') === '') lines.pop();
  return lines;
}

function readCsv(file: string): FileRow[] {
  const [header = [], ...lines] = cellsOf(readBounded(file, largest_mib).toString('utf8'));
  const names = header.map((name) => name.trim());
  const last = new Map(names.map((name, i) => [name, i]));
  const twice = names.find((name, i) => last.get(name)! > i);
  if (twice !== undefined) throw new UsageError(`${file}:1: column ${twice} stands there twice`);
  return lines.map((cells, i) => {
    const place = `${file}:${i + 2}`;
    if (cells.length !== names.length) {
      throw new UsageError(`${place}: found ${cells.length} cells, expected ${names.length} as in the header`);
    }
    return { place, values: Object.fromEntries(names.map((name, k) => [name, cells[k].trim() || null])) };
  });
}

function readJson(file: string): FileRow[] {
  let rows: unknown;
  try {
    rows = JSON.parse(readBounded(file, largest_mib).toString('utf8'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: it is no JSON: ${(error as Error).message}`, undefined, { cause: error });
  }
  const isRow = (row: unknown): boolean => typeof row === 'object' && row !== null && !Array.isArray(row);
  if (!Array.isArray(rows) || !rows.every(isRow))
    throw new UsageError(`${file}: expected a list of mappings, one a row`);
  return rows.map((values: Record<string, Value>, i) => ({ place: `${file}: row ${i + 1}`, values }));
}

async function readParquet(file: string): Promise<FileRow[]> {
  const [{ Database }, { toRows }] = await Promise.all([
    import('../../../pipeline/database.js'),
    import('../../../pipeline/rows.js'),
  ]);
  const database = await Database.open();
  try {
    const rows = toRows(await database.query('SELECT * FROM read_parquet($file)', { file }));
    return rows.map((values, i) => ({ place: `${file}: row ${i + 1}`, values }));
  } catch (error) {
    throw new UsageError(`${file}: it is no Parquet file`, undefined, { cause: error });
  } finally {
    database.close();
  }
}

const readers: Readonly<Record<string, (file: string) => FileRow[] | Promise<FileRow[]>>> = {
  '.csv': readCsv,
  '.json': readJson,
  '.parquet': readParquet,
};

/** The rows of a table file. Throws a UsageError where it is not there, of another kind, or has none. */
export async function readRows(file: string): Promise<FileRow[]> {
  const read = readers[extname(file).toLowerCase()];
  const kinds = Object.keys(readers).join(', ');
  if (!read) throw new UsageError(`${file}: expected a table in one of ${kinds}`);
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file`);
  if (!statSync(file).isFile()) throw new UsageError(`${file}: that is no file`);
  const rows = await read(file);
  if (rows.length === 0) throw new UsageError(`${file}: it has no rows`);
  return rows;
}
