/** Which rows of a table a calibration rests on, and what is left out together; each thing left out is a finding. */
import { abridged } from '../../../pipeline/abridged.js';
import type { Finding, Severity } from '../../../pipeline/findings.js';
import { perSecond, pointsWhere, type Points } from './points.js';
import type { Table } from './read_table.js';
import { sumsIn } from './sums.js';

/**
 * A GPU's driver lags by about 0.1 s (105 ms on an RTX 3090) and averages over about 1 s: below 10 s the edges of a row
 * alone may be off by 1 %.
 */
export const shortestS = 10;
const lagSource = 'lag of the driver’s power: Yang et al., arXiv 2312.02741';

/** Blocks that are left out where no groups are named. */
const blocks = 5;

export interface Prepared {
  readonly points: Points;
  /** True where the groups are blocks of neighbouring GPU power, for want of a column. */
  readonly blocks: boolean;
  readonly findings: readonly Finding[];
}

const note = (severity: Severity, check_id: string, value: number, limit: number | null, source: string, message: string): Finding => ({ check_id, severity, subject: 'rows', value, limit, source, message }); // prettier-ignore

const rowList = (rows: readonly number[]): string =>
  `row${rows.length === 1 ? '' : 's'} ${abridged(rows.map(String), 6)}`;

/**
 * Rows shorter than `limitS` (null: the default, where most rows are longer; where most are shorter, a row is taken for
 * the mean of many runs).
 */
function withoutShort(points: Points, limitS: number | null, findings: Finding[]): Points {
  const limit = limitS ?? shortestS;
  const short = Array.from(points.row.keys()).filter((i) => points.timeS[i] < limit);
  if (short.length === 0) return points;
  if (limitS === null && short.length * 2 >= points.row.length) {
    const message = `most rows are shorter than ${limit} s: each is taken for the mean of many runs (--shortest SECONDS leaves short ones out)`;
    findings.push(note('info', 'short_rows', short.length, limit, lagSource, message));
    return points;
  }
  const groups = abridged([...new Set(short.map((i) => points.group[i]).filter(Boolean))], 6);
  const message = `${short.length} of ${points.row.length} rows are shorter than ${limit} s and left out${groups ? `: ${groups}` : ''} (--shortest SECONDS changes it)`;
  findings.push(note('warn', 'short_rows', short.length, limit, lagSource, message));
  return pointsWhere(points, (i) => points.timeS[i] >= limit);
}

/** Rows that are the sum of others of another group: left out with one of them they would tell of it. */
function withoutSums(points: Points, findings: Finding[]): Points {
  const sums = sumsIn(points);
  if (sums.size === 0) return points;
  const groups = abridged([...new Set([...sums].map((i) => points.group[i]))], 6);
  const message = `${sums.size} rows are sums of the rows after them and left out, so that nothing left out is in a sum: ${groups}`;
  findings.push(note('warn', 'sums', sums.size, null, 'honest leave-group-out', message));
  return pointsWhere(points, (i) => !sums.has(i));
}

/** Blocks of neighbouring GPU power. */
function inBlocks(points: Points): Points {
  const gpuW = perSecond(points.gpuJ, points);
  const order = Array.from(points.row.keys()).sort((a, b) => gpuW[a] - gpuW[b] || a - b);
  const group: string[] = [];
  order.forEach(
    (i, at) => (group[i] = `block ${Math.floor((at * blocks) / order.length) + 1} of ${blocks} by GPU power`),
  );
  return { ...points, group };
}

export interface PrepareOptions {
  /** A column of groups is mapped. */
  readonly grouped: boolean;
  /** A column of times is mapped. */
  readonly timed: boolean;
  /** Rows shorter than this are left out, s; null for the default. */
  readonly limitS: number | null;
}

export function prepare(
  { points: all, rows, incomplete }: Table,
  { grouped, timed, limitS }: PrepareOptions,
): Prepared {
  const findings: Finding[] = [];
  if (incomplete.length > 0) {
    const message = `${incomplete.length} of ${rows} rows lack a value and are left out: ${rowList(incomplete)}`;
    findings.push(note('warn', 'incomplete_rows', incomplete.length, null, 'the table', message));
  }
  // The sums are found among all rows: a short one may be a part.
  const whole = grouped ? withoutSums(all, findings) : all;
  const long = timed ? withoutShort(whole, limitS, findings) : whole;
  if (grouped) return { points: long, blocks: false, findings };
  const message = `no group is mapped: ${blocks} blocks of neighbouring GPU power are left out, which is stricter than leaving out rows (repeats would tell of each other)`;
  findings.push(note('warn', 'no_group', 0, null, 'honest leave-group-out', message));
  return { points: inBlocks(long), blocks: true, findings };
}
