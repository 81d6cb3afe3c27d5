/** The difference between two predictions as people read it: how much, how surely, and which modules make it. */
import { alignColumns } from '../../pipeline/terminal.js';
import { runToRunPct, type Difference, type DifferencePart } from '../energy/prediction/difference.js';
import type { Interval } from '../energy/prediction/difference_interval.js';
import { energyText, significant } from './figures.js';

/** Below this part of an energy a difference is the rounding of sums. */
const rounding = 1e-9;

const signed = (value: number, text: (magnitude: number) => string): string =>
  value === 0 ? '0' : `${value < 0 ? '−' : '+'}${text(Math.abs(value))}`;

/** `+1.2 J`, `−310 mJ`; 0 where it is nothing beside the energies that it comes from. */
export const signedEnergy = (valueJ: number, besideJ = 0): string =>
  signed(Math.abs(valueJ) <= rounding * besideJ ? 0 : valueJ, energyText);

export const signedPct = (pct: number): string => `${signed(pct, (magnitude) => significant(magnitude, 2))} %`;

/** Energies of a range from here on are said in J, smaller ones in mJ. */
const leastInJ = 0.1;

/** `−15.2 to −13.1 J`, with two digits of its half-width. */
export function rangeText(interval: Interval | null): string {
  if (interval === null) return '–';
  const { lowJ, highJ } = interval;
  if (lowJ === 0 && highJ === 0) return 'the same';
  const [factor, unit] = Math.max(Math.abs(lowJ), Math.abs(highJ)) < leastInJ ? [1e3, 'mJ'] : [1, 'J'];
  const halfWidth = ((highJ - lowJ) / 2) * factor;
  const decimals = halfWidth > 0 ? Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(halfWidth)))) : 2;
  const bound = (valueJ: number): string => signed(valueJ * factor, (magnitude) => magnitude.toFixed(decimals));
  return `${bound(lowJ)} to ${bound(highJ)} ${unit}`;
}

/** The least share of all cases in which an interval of a difference holds, that rests on two of this coverage. */
export const coverageOfBoth = (coverage: number | null): string =>
  coverage === null
    ? ''
    : ` (two of ${Math.round(100 * coverage)} %: at least ${Math.round(100 * (2 * coverage - 1))} %)`;

/** What the two intervals of a difference claim. */
export const intervalClaims = (coverage: number | null): string[] => [
  `interval: holds wherever both energies lie in theirs, whatever their errors have in common${coverageOfBoth(coverage)}`,
  `common work cancelled: what both run alike is taken to cost the same (two measurements of equal work differ by up to ${runToRunPct} %); holds wherever the modules that differ lie in theirs`,
];

const copiesText = ({ copies: [first, second] }: DifferencePart): string =>
  first === second ? `×${first}` : `×${first} → ×${second}`;

/** Parts that are there in neither model, or whose energy is but the rounding of sums, are left out. */
export function shownParts({ parts, differenceJ }: Difference): DifferencePart[] {
  const least = rounding * Math.max(Math.abs(differenceJ), ...parts.flatMap(({ wallJ }) => wallJ.map(Math.abs)));
  return parts.filter(({ wallJ }) => wallJ.some((valueJ) => Math.abs(valueJ) > least));
}

/** Module by module: joules in both, the difference with its interval; then the sum. */
export function partTable(difference: Difference, names: readonly [string, string]): string {
  const sumJ = (side: 0 | 1): number => difference.parts.reduce((total, { wallJ }) => total + wallJ[side], 0);
  const besideJ = Math.max(sumJ(0), sumJ(1));
  const rows = shownParts(difference).map((part) => [
    part.role,
    part.type,
    copiesText(part),
    ...part.wallJ.map((valueJ) => (valueJ === 0 ? '–' : valueJ < 0 ? signedEnergy(valueJ) : energyText(valueJ))),
    signedEnergy(part.differenceJ, besideJ),
    part.role === 'between modules' ? 'residual' : rangeText(part.interval),
  ]);
  return alignColumns(
    [
      ['part', 'module', 'copies', ...names, 'difference', 'common work cancelled'],
      ...rows,
      [
        'sum',
        '',
        '',
        energyText(sumJ(0)),
        energyText(sumJ(1)),
        signedEnergy(difference.differenceJ),
        rangeText(difference.paired),
      ],
    ],
    new Set([3, 4, 5]),
  );
}

/** For programs (`--json`). */
export const differenceJson = ({ differenceJ, differencePct, interval, paired, parts }: Difference) => ({
  difference_j: differenceJ,
  difference_pct: differencePct,
  interval_low_j: interval?.lowJ ?? null,
  interval_high_j: interval?.highJ ?? null,
  paired_low_j: paired?.lowJ ?? null,
  paired_high_j: paired?.highJ ?? null,
  parts: parts.map((part) => ({
    role: part.role,
    type: part.type,
    copies: part.copies,
    wall_j: part.wallJ,
    difference_j: part.differenceJ,
    paired_low_j: part.interval?.lowJ ?? null,
    paired_high_j: part.interval?.highJ ?? null,
  })),
});
