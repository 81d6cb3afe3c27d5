/**
 * Which choices are worth making: accuracy against energy, where an energy is known within an interval. Accuracies are
 * taken as given; a choice without one has no standing.
 */

export interface Choice {
  /** Energy with its interval, all in one unit; the interval is null where none is known: then the energy is taken as exact. */
  readonly energyJ: number;
  readonly lowJ: number | null;
  readonly highJ: number | null;
  readonly accuracyPct: number | null;
}

/**
 * Where a choice stands. `on`: wherever the energies lie within their intervals, nothing as accurate takes less, so it
 * is on the Pareto front. `off`: wherever they lie, something does. `open`: the intervals do not decide.
 */
export type Standing = 'on' | 'open' | 'off';

export interface Judged {
  /** On the front if the energies are as predicted. */
  readonly onFront: boolean;
  readonly standing: Standing;
}

interface Known {
  readonly energyJ: number;
  readonly lowJ: number;
  readonly highJ: number;
  readonly accuracyPct: number;
}

const known = ({ energyJ, lowJ, highJ }: Choice, accuracyPct: number): Known => ({
  energyJ,
  lowJ: lowJ ?? energyJ,
  highJ: highJ ?? energyJ,
  accuracyPct,
});

/** Whether one at energy `a` makes another at `b` pointless: as accurate for less, or more accurate for no more. */
const beats = (a: Known, aJ: number, b: Known, bJ: number): boolean =>
  a.accuracyPct > b.accuracyPct ? aJ <= bJ : a.accuracyPct === b.accuracyPct && aJ < bJ;

/** For each choice its place, null where it has no accuracy. */
export function pareto(choices: readonly Choice[]): (Judged | null)[] {
  const all = choices.map((choice) => (choice.accuracyPct === null ? null : known(choice, choice.accuracyPct)));
  return all.map((own, i) => {
    if (!own) return null;
    const others = all.filter((other, k): other is Known => other !== null && k !== i);
    const surely = others.some((other) => beats(other, other.highJ, own, own.lowJ));
    const possibly = others.some((other) => beats(other, other.lowJ, own, own.highJ));
    return {
      onFront: !others.some((other) => beats(other, other.energyJ, own, own.energyJ)),
      standing: surely ? 'off' : possibly ? 'open' : 'on',
    };
  });
}

type Interval = Pick<Choice, 'lowJ' | 'highJ'>;

/** Whether two intervals share a value; null where one of them is not known. */
export function overlap(a: Interval, b: Interval): boolean | null {
  if (a.lowJ === null || a.highJ === null || b.lowJ === null || b.highJ === null) return null;
  return a.lowJ <= b.highJ && b.lowJ <= a.highJ;
}

/** The pairs of choices that their intervals do not tell apart, each as positions in order. */
export function overlapping(choices: readonly Interval[]): (readonly [number, number])[] {
  return choices.flatMap((a, i) => choices.flatMap((b, k) => (k > i && overlap(a, b) ? [[i, k] as const] : [])));
}
