/** Which tables of two reports differ, by the numbers in their cells. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { IntegrityError } from '../../errors.js';
import { hashFile } from '../../store/hash.js';
import { noteDamage } from '../datasets.js';
import { outputsOf, type Side } from './side.js';

export interface ReportDifference {
  readonly table: string;
  /** `a` or `b` where only one has it. */
  readonly only: 'a' | 'b' | null;
  /** Cells with a number in both. */
  readonly numbers: number;
  readonly differing: number;
  /** |b − a| over the greater of |a| and |b|; 0 where nothing differs. */
  readonly greatest_pct: number;
}

type Numbers = ReadonlyMap<string, number>;

type Row = Readonly<Record<string, unknown>>;

function collect(value: unknown, path: string, found: Map<string, number>): void {
  if (typeof value === 'number') found.set(path, value);
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) collect(inner, `${path}/${key}`, found);
  }
}

/** The numbers of a table by column and by the texts of their row, which name it. */
function numbersIn(rows: readonly Row[]): Numbers {
  const found = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const row of rows) {
    const name = JSON.stringify(Object.values(row).filter((cell) => typeof cell === 'string'));
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    collect(row, `${name}${count}`, found);
  }
  return found;
}

/** The numbers of every `tables/*.json` of a report, its content verified. */
function reportNumbers(side: Side): Map<string, Numbers> {
  const files = outputsOf(side, null).filter(
    ({ path }) => path.endsWith('.json') && basename(dirname(path)) === 'tables',
  );
  return new Map(
    files.map(({ path, sha256, task }) => {
      let found: string;
      try {
        found = hashFile(path);
      } catch (error) {
        throw noteDamage(side.run, new IntegrityError(path, task, (error as Error).message));
      }
      if (found !== sha256) {
        throw noteDamage(side.run, new IntegrityError(path, task, 'its SHA-256 is not the one that was recorded'));
      }
      const { rows } = JSON.parse(readFileSync(path, 'utf8')) as { rows: readonly Row[] };
      return [basename(path, '.json'), numbersIn(rows)];
    }),
  );
}

function compare(table: string, a: Numbers | undefined, b: Numbers | undefined): ReportDifference {
  const both = [...(a ?? [])].filter(([path]) => b?.has(path)).map(([path, x]) => [x, b!.get(path)!]);
  const differences = both.map(([x, y]) =>
    x === y ? 0 : (100 * Math.abs(y - x)) / Math.max(Math.abs(x), Math.abs(y)),
  );
  return {
    table,
    only: a && b ? null : a ? 'a' : 'b',
    numbers: both.length,
    differing: differences.filter((difference) => difference > 0).length,
    greatest_pct: differences.reduce((greatest, one) => Math.max(greatest, one), 0),
  };
}

/** The tables that differ, or that only one report has, by name. */
export function reportDifferences(a: Side, b: Side): ReportDifference[] {
  const [before, after] = [reportNumbers(a), reportNumbers(b)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const byNumber = new Intl.Collator('en', { numeric: true });
  return names
    .sort(byNumber.compare)
    .map((name) => compare(name, before.get(name), after.get(name)))
    .filter(({ only, differing }) => only !== null || differing > 0);
}
