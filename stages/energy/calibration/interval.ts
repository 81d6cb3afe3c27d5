/**
 * The interval of a law that was fitted to a table: split-conformal over the groups left out, as intervals.ts has it over
 * models. What is exchangeable is the group, so every group weighs the same.
 */
import { coveredShare, pooled, raisedLevel, type Score } from '../predictors/intervals.js';
import type { LeftOut } from './cross_validate.js';
import { groupsOf, type Points } from './points.js';

export interface TableInterval {
  /** Half of its width, as a part of the prediction. */
  readonly halfWidth: number;
  /** Share of each group's rows within what the other groups give, mean over the groups. */
  readonly covered: number;
}

/** Errors as parts of the prediction, the least first; rows without a prediction are left out. */
function scoresOf(points: Points, { errorPct }: LeftOut): Score[] {
  const groups = groupsOf(points);
  const place = new Map(groups.map((group, at) => [group, at]));
  const counts = new Map<string, number>();
  for (const group of points.group) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Array.from(points.row.keys())
    .filter((i) => Number.isFinite(errorPct[i]))
    .map((i) => {
      const [off, group] = [errorPct[i] / 100, points.group[i]];
      return { error: Math.abs(off) / Math.abs(1 + off), weight: 1 / counts.get(group)!, group: place.get(group)! };
    })
    .sort((a, b) => a.error - b.error);
}

/** The interval of what a law predicts, from its errors on groups left out. */
export function tableInterval(points: Points, leftOut: LeftOut): TableInterval {
  const sorted = scoresOf(points, leftOut);
  const groups = [...new Set(sorted.map(({ group }) => group))];
  const covered = (level: number, group: number): number => coveredShare(sorted, group, pooled(sorted, level, group));
  const level = raisedLevel(groups, covered);
  const shares = groups.map((group) => covered(level, group));
  return { halfWidth: pooled(sorted, level), covered: shares.reduce((sum, share) => sum + share, 0) / groups.length };
}
