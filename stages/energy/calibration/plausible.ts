/** Whether a table's numbers can be in the units that were named for them. */
import { abridged } from '../../../pipeline/abridged.js';
import { UsageError } from '../../../pipeline/errors.js';
import type { Mapping } from './mapping.js';
import { perSecond, type Points } from './points.js';

/** No machine draws less than its standby supply (EU 2023/826 allows 0.5 W), or more than a rack of GPUs, W. */
const wallRangeW = { least: 0.5, greatest: 200_000 };

/** Factors by which people mistake units. */
const mistakes: Readonly<Record<string, number>> = {
  'kJ for J (or kW for W)': 1e3,
  'Wh for J': 3600,
  'MJ for J': 1e6,
  'kWh for J': 3.6e6,
};

const rowsText = (points: Points, which: readonly number[]): string =>
  `row${which.length === 1 ? '' : 's'} ${abridged(
    which.map((i) => String(points.row[i])),
    6,
  )}`;

/** The mistake that would bring a table whose wall is too small by `factor` to about what machines draw. */
function guess(points: Points, which: readonly number[]): string {
  const ratios = which.map((i) => points.gpuJ[i] / points.wallJ[i]).sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)];
  // The wall is 1 to 10 times the GPU's: 1.2 on a busy server, 10 at idle.
  const likely = Object.entries(mistakes).find(([, factor]) => factor / middle >= 1 && factor / middle <= 20);
  return likely ? `; it looks like ${likely[0]} at the wall` : '';
}

/** Throws a UsageError with the rows and what to look at. */
export function checkPlausible(points: Points, { wall, gpu, time }: Mapping): void {
  const rows = Array.from(points.row.keys());
  const units = `check ${[wall, gpu, time]
    .filter((one) => one !== null)
    .map((one) => one.key)
    .join(', ')}: the end of a key is its column's unit`;
  const negative = rows.filter((i) => points.gpuJ[i] < 0 || (points.cpu?.values[i] ?? 0) < 0);
  const nothing = rows.filter((i) => !(points.wallJ[i] > 0 && points.timeS[i] > 0));
  const bad = negative.length > 0 ? negative : nothing;
  if (bad.length > 0) {
    const what =
      negative.length > 0 ? 'a negative energy of the GPU or the CPU' : 'a wall energy or a time of 0 or less';
    throw new UsageError(`${rowsText(points, bad)}: ${what}`, 'leave such rows out: --where "…"');
  }
  const below = rows.filter((i) => points.wallJ[i] < points.gpuJ[i]);
  if (below.length > 0) {
    const i = below[0];
    throw new UsageError(
      `the wall's energy is below the GPU's in ${below.length} of ${rows.length} rows (${rowsText(points, below)}): ` +
        `in row ${points.row[i]} ${figure(points.wallJ[i])} J at the wall, ${figure(points.gpuJ[i])} J of the GPU${guess(points, below)}`,
      units,
    );
  }
  const wallW = perSecond(points.wallJ, points);
  const odd = rows.filter((i) => wallW[i] < wallRangeW.least || wallW[i] > wallRangeW.greatest);
  if (odd.length > 0) {
    throw new UsageError(
      `${rowsText(points, odd)}: a wall power of ${figure(wallW[odd[0]])} W, expected ${wallRangeW.least} to ${wallRangeW.greatest} W`,
      units,
    );
  }
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));
