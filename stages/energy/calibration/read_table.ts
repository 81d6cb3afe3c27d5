/** Reads a table of measurements (CSV or Parquet) into points, its units converted and its numbers checked. */
import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { abridged } from '../../../pipeline/abridged.js';
import { nearest } from '../../../pipeline/config/nearest.js';
import { Database, quoteName, quoteText } from '../../../pipeline/database.js';
import { UnavailableError, UsageError } from '../../../pipeline/errors.js';
import { numbers, optionalNumbers, optionalStrings, strings } from '../../../pipeline/rows.js';
import type { MappedColumn, Mapping } from './mapping.js';
import { checkPlausible } from './plausible.js';
import type { Points } from './points.js';

/** How tables say that a value is not there; nvidia-smi's and Python's among them. */
const absent = ['', 'N/A', 'NA', '[N/A]', '[Not Supported]', 'nan', 'NaN', 'None', 'null', 'NULL'];

const readers: Readonly<Record<string, (file: string) => string>> = {
  '.csv': (file) =>
    `read_csv(${quoteText(file)}, header = true, sample_size = -1, nullstr = [${absent.map(quoteText).join(', ')}])`,
  '.parquet': (file) => `read_parquet(${quoteText(file)})`,
};

const rowColumn = 'row of the file';

export interface Table {
  /** `group` is empty where none is mapped. */
  readonly points: Points;
  /** Rows of the file that `where` keeps. */
  readonly rows: number;
  /** Rows that lack a value of a mapped column. */
  readonly incomplete: readonly number[];
}

/** DuckDB's first line, which says what it is about; the rest is advice to SQL writers. */
const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0];

async function openFile(database: Database, file: string): Promise<void> {
  if (!existsSync(file))
    throw new UnavailableError(`${file}: there is no such file`, '--from takes a .csv or .parquet');
  const reader = readers[extname(file).toLowerCase()];
  if (!reader || statSync(file).isDirectory()) {
    throw new UsageError(`--from ${file}: expected a file that ends in ${Object.keys(readers).join(' or ')}`);
  }
  try {
    const all = `SELECT *, (row_number() OVER ())::INTEGER AS ${quoteName(rowColumn)} FROM ${reader(file)}`;
    await database.run(`CREATE TEMP TABLE measured AS ${all}; SET enable_external_access = false`);
  } catch (error) {
    throw new UnavailableError(`${file} cannot be read: ${firstLine(error)}`, undefined, { cause: error });
  }
}

async function checkColumns(database: Database, file: string, mapped: readonly MappedColumn[]): Promise<void> {
  const rows = await database.query('SELECT column_name::VARCHAR AS name FROM (DESCRIBE measured)');
  const there = strings(rows, 'name').filter((name) => name !== rowColumn);
  const missing = mapped.filter(({ column }) => !there.includes(column));
  if (missing.length === 0) return;
  const problems = missing.map(({ key, column }) => {
    const near = nearest(column, there);
    return `--map ${key}: ${file} has no column ${column}${near ? `: did you mean ${near}?` : ''}`;
  });
  throw new UsageError(problems.join('\n'), `its columns are ${there.join(', ')}`);
}

const text = ({ column }: MappedColumn): string => `${quoteName(column)}::VARCHAR`;

/** Cells that are neither a number nor absent. */
async function checkNumbers(database: Database, mapped: readonly MappedColumn[]): Promise<void> {
  for (const one of mapped) {
    const found = await database.query(
      `SELECT ${quoteName(rowColumn)} AS row, ${text(one)} AS cell FROM chosen
       WHERE ${text(one)} IS NOT NULL AND NOT coalesce(isfinite(TRY_CAST(${text(one)} AS DOUBLE)), false)
       ORDER BY 1 LIMIT 3`,
    );
    if (found.numRows === 0) continue;
    const cells = strings(found, 'cell').map(
      (cell, i) => `row ${numbers(found, 'row')[i]} has ${JSON.stringify(cell)}`,
    );
    throw new UsageError(`--map ${one.key}: column ${one.column}: expected numbers; ${cells.join(', ')}`);
  }
}

/** Keeps the rows for which the user's condition holds. */
async function choose(database: Database, where: string | undefined): Promise<void> {
  try {
    await database.run(`CREATE TEMP TABLE chosen AS SELECT * FROM measured ${where ? `WHERE (${where})` : ''}`);
  } catch (error) {
    throw new UsageError(`--where ${where}: ${firstLine(error)}`, 'expected a condition in SQL, like "time_s >= 10"');
  }
}

type Column = readonly (number | null)[];

/** Energies from energies, or from powers and times; a load becomes %·s. */
const asEnergy = ({ kind, scale }: MappedColumn, values: Column, timeS: readonly number[], keep: readonly number[]) =>
  Float64Array.from(keep, (i, at) => values[i]! * scale * (kind === 'energy' ? 1 : timeS[at]));

function pointsOf(
  mapping: Mapping,
  columns: ReadonlyMap<MappedColumn, Column>,
  group: readonly (string | null)[],
  row: Float64Array,
): Pick<Table, 'points' | 'incomplete'> {
  const { wall, gpu, cpu, time } = mapping;
  const all = Array.from(row.keys());
  const whole = (i: number): boolean =>
    [...columns.values()].every((values) => values[i] !== null) && (!mapping.group || group[i] !== null);
  const keep = all.filter(whole);
  const timeS = keep.map((i) => (time ? columns.get(time)![i]! * time.scale : 1));
  const energy = (of: MappedColumn) => asEnergy(of, columns.get(of)!, timeS, keep);
  const points: Points = {
    wallJ: energy(wall),
    gpuJ: energy(gpu),
    timeS: Float64Array.from(timeS),
    cpu: cpu && { unit: cpu.kind === 'load' ? 'pct' : 'j', values: energy(cpu) },
    group: mapping.group ? keep.map((i) => group[i]!) : [],
    row: Int32Array.from(keep, (i) => row[i]),
  };
  return { points, incomplete: all.filter((i) => !whole(i)).map((i) => row[i]) };
}

/**
 * The points of a file. Throws an UnavailableError where it cannot be read, a UsageError where a column is missing, a
 * cell is no number, or the numbers cannot be in the units that were named.
 */
export async function readTable(file: string, mapping: Mapping, where?: string): Promise<Table> {
  const mapped = [mapping.wall, mapping.gpu, mapping.cpu, mapping.time].filter((one) => one !== null);
  const all = mapping.group ? [...mapped, mapping.group] : mapped;
  const database = await Database.open();
  try {
    await openFile(database, file);
    await checkColumns(database, file, all);
    await choose(database, where);
    await checkNumbers(database, mapped);
    const columns = all.map(
      (one, k) => (one.kind === 'group' ? text(one) : `TRY_CAST(${text(one)} AS DOUBLE)`) + ` AS c${k}`,
    );
    const rows = await database.query(
      `SELECT ${columns.join(', ')}, ${quoteName(rowColumn)} AS row FROM chosen ORDER BY row`,
    );
    if (rows.numRows === 0) throw new UsageError(`${file} has no rows${where ? ` where ${where}` : ''}`);
    const values = new Map(mapped.map((one, k) => [one, optionalNumbers(rows, `c${k}`)] as const));
    const group = mapping.group ? optionalStrings(rows, `c${mapped.length}`) : [];
    const { points, incomplete } = pointsOf(mapping, values, group, numbers(rows, 'row'));
    if (points.row.length === 0)
      throw new UsageError(
        `${file}: no row has all of ${abridged(
          all.map((o) => o.column),
          6,
        )}`,
      );
    checkPlausible(points, mapping);
    return { points, rows: rows.numRows, incomplete };
  } finally {
    database.close();
  }
}
