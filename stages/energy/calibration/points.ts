/** The measurements that a bench is calibrated with: energies with their times, as parallel arrays. */

export interface Points {
  /** Wall energy, J. */
  readonly wallJ: Float64Array;
  /** The GPU's energy by its driver, J. */
  readonly gpuJ: Float64Array;
  /** s. */
  readonly timeS: Float64Array;
  /** The CPU's energy, J, or its load times the time, %·s; null where it is not known. */
  readonly cpu: { readonly unit: 'j' | 'pct'; readonly values: Float64Array } | null;
  /** What is left out together; rows of one group are of one workload. */
  readonly group: readonly string[];
  /** The row of the file, counted from 1. */
  readonly row: Int32Array;
}

/** Some of the points, in the order of `which`. */
export function pickPoints(points: Points, which: readonly number[]): Points {
  const picked = (of: Float64Array): Float64Array => Float64Array.from(which, (i) => of[i]);
  return {
    wallJ: picked(points.wallJ),
    gpuJ: picked(points.gpuJ),
    timeS: picked(points.timeS),
    cpu: points.cpu && { unit: points.cpu.unit, values: picked(points.cpu.values) },
    group: which.map((i) => points.group[i]),
    row: Int32Array.from(which, (i) => points.row[i]),
  };
}

/** The points for which something holds. */
export const pointsWhere = (points: Points, holds: (i: number) => boolean): Points =>
  pickPoints(points, Array.from(points.row.keys()).filter(holds));

/** An energy's mean power over each point's time, W (or a load, %). */
export const perSecond = (energy: Float64Array, { timeS }: Points): Float64Array =>
  energy.map((value, i) => value / timeS[i]);

/** The groups in order of appearance. */
export const groupsOf = ({ group }: Points): string[] => [...new Set(group)];
