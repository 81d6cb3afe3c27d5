/** The coverage table of a run: how often the stated intervals held what was measured, while it was held out. */
import { readFile } from 'node:fs/promises';
import type { Database } from '../../../pipeline/database.js';
import { toRows } from '../../../pipeline/rows.js';
import { nominalCoverage } from '../predictors/intervals.js';
import type { Coverage } from '../predictors/predictor_file.js';

/** Stated coverage of every interval. */
export const nominal_pct = 100 * nominalCoverage;

/** Two decimals say all that so many nodes can. */
export const rounded = (value: number): number => Math.round(100 * value) / 100;

/** Of the table `predictions`; nothing where it has no intervals. */
export async function coverageOf(database: Database, predictors: readonly string[]): Promise<Coverage[]> {
  const sql = await readFile(new URL('./coverage.sql', import.meta.url), 'utf8');
  const rows = toRows(await database.query(sql, { predictors: predictors.join('\n') }));
  return rows.map(({ predictor, split, level, n, empirical_pct, half_width_pct }) => ({
    predictor: String(predictor),
    split: String(split),
    level: level as Coverage['level'],
    n: Number(n),
    nominal_pct,
    empirical_pct: rounded(Number(empirical_pct)),
    half_width_pct: rounded(Number(half_width_pct)),
  }));
}
