/**
 * Rows that are the sum of rows after them: a phase with its parts, as tables of phases have them. A part's measurement
 * is in its sum, so that leaving the part out would not hide it.
 */
import type { Points } from './points.js';

/** Parts may leave gaps between them; their sum is taken for it within this part in time and in both energies. */
const tolerance = 0.01;

/** More parts than a phase has. */
const mostParts = 50;

/** The quantities in which a sum must agree. */
const quantities = ({ wallJ, gpuJ, timeS }: Points): readonly Float64Array[] => [timeS, wallJ, gpuJ];

/** How many of the rows `following` add up to row `sum`; 0 where none do. */
function partsOf(points: Points, sum: number, following: readonly number[]): number {
  const of = quantities(points);
  const totals = of.map(() => 0);
  for (let k = 0; k < Math.min(following.length, mostParts); k++) {
    of.forEach((values, q) => (totals[q] += values[following[k]]));
    if (k > 0 && of.every((values, q) => Math.abs(totals[q] - values[sum]) <= tolerance * values[sum])) return k + 1;
    if (totals[0] > (1 + tolerance) * points.timeS[sum]) return 0;
  }
  return 0;
}

/** The positions of the rows that are sums of rows directly after them, at least one of another group. */
export function sumsIn(points: Points): Set<number> {
  const sums = new Set<number>();
  // Rows after the one at hand that are in no sum yet, the nearest first.
  let roots: number[] = [];
  for (let i = points.row.length - 1; i >= 0; i--) {
    const count = partsOf(points, i, roots);
    const parts = roots.slice(0, count);
    if (parts.some((part) => points.group[part] !== points.group[i])) {
      sums.add(i);
      roots = roots.slice(count);
    }
    roots.unshift(i);
  }
  return sums;
}
