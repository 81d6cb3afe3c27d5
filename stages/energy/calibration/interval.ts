/**
 * The interval of a law that was fitted to a table: split-conformal over the groups left out, as intervals.ts has it over
 * models. What is exchangeable is the group, so every group weighs the same; since few groups cover less than they state,
 * the level is raised until each group, held against the others, is covered as stated on average.
 */
import type { LeftOut } from './cross_validate.js';
import { groupsOf, type Points } from './points.js';

/** Stated coverage of every interval: the project's (issue 5). */
export const nominalCoverage = 0.9;

/** The level is raised in steps of this. */
const levelStep = 0.005;

export interface TableInterval {
  /** Half of its width, as a part of the prediction. */
  readonly halfWidth: number;
  /** Share of each group's rows within what the other groups give, mean over the groups. */
  readonly covered: number;
}

interface Score {
  /** |measured − predicted| over predicted. */
  readonly error: number;
  readonly weight: number;
  readonly group: string;
}

/** Sorted; rows without a prediction are left out. */
function scoresOf(points: Points, { errorPct }: LeftOut): Score[] {
  const counts = new Map<string, number>();
  for (const group of points.group) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Array.from(points.row.keys())
    .filter((i) => Number.isFinite(errorPct[i]))
    .map((i) => {
      const [off, group] = [errorPct[i] / 100, points.group[i]];
      return { error: Math.abs(off) / Math.abs(1 + off), weight: 1 / counts.get(group)!, group };
    })
    .sort((a, b) => a.error - b.error);
}

/** The error that a share of the weight does not exceed, without one group. */
function pooled(sorted: readonly Score[], level: number, without?: string): number {
  const others = sorted.filter(({ group }) => group !== without);
  const all = others.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  // Sums of weights are rounded.
  const found = others.find(({ weight }) => (sum += weight) >= level * all * (1 - 1e-12));
  return (found ?? others.at(-1))?.error ?? NaN;
}

function coveredAt(sorted: readonly Score[], groups: readonly string[], level: number): number {
  const shares = groups.map((own) => {
    const limit = pooled(sorted, level, own);
    return sorted.reduce((sum, { error, weight, group }) => sum + (group === own && error <= limit ? weight : 0), 0);
  });
  return shares.reduce((sum, share) => sum + share, 0) / groups.length;
}

/** The interval of what a law predicts, from its errors on groups left out. */
export function tableInterval(points: Points, leftOut: LeftOut): TableInterval {
  const sorted = scoresOf(points, leftOut);
  const groups = groupsOf(points);
  let level = nominalCoverage;
  while (level < 1 && coveredAt(sorted, groups, level) < nominalCoverage) level = Math.min(1, level + levelStep);
  return { halfWidth: pooled(sorted, level), covered: coveredAt(sorted, groups, level) };
}
