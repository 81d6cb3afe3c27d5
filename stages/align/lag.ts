/**
 * How far one power log lags another, and over how long a window it averages, from the load alone. With the reference
 * x(t), the other log is taken as
 *
 *     y(t) = a + b · mean of x over (t − lag − window, t − lag]
 *
 * and lag and window are those of least squares: the lag is from the end of what a value averages to its stamp, at the
 * moment at which the value is new. Their intervals are where the squares are no larger than chance allows, with as many
 * independent samples as the residual's autocorrelation leaves, and no narrower than the stamps. A load that repeats fits
 * at several lags: then the interval spans them all, and the lag cannot be told.
 */
import { medianInterval_us, resolution_us, type Samples, updates } from './updates.js';

interface Estimate {
  readonly ms: number;
  readonly low_ms: number;
  readonly high_ms: number;
  /** False where the interval is wider than the logs can tell apart. */
  readonly told: boolean;
}

export interface Lag {
  readonly lag: Estimate;
  readonly window: Estimate;
  /** How often the other log tells something new. */
  readonly interval_ms: number;
  /** Part of the other log's variance that the reference explains. */
  readonly explained: number;
}

/** Below this part of the variance the two logs do not show one load. Derived: as for a sync burst's correlation, 0.8². */
const leastExplained = 0.64;
/** No driver or meter was seen to average over longer (research/measuring.md 2: 1/6 to 1 s). */
const longestWindow_us = 5e6;
/** More samples make it no surer: their residuals are correlated. */
const mostSamples = 4000;
/** The reference in cells of at least a millisecond, and no more than so many of them. */
const leastCell_us = 1000;
const mostCells = 2_000_000;
/** 95 % of F for two parameters and many samples. */
const critical = 3;
/** Half an interval no wider than this is told: 0.1 % of a 20 s round (CHECKS 4.3, 1), or the time between two samples. */
const leastTold_ms = 40;

/** Integral of a log over time, from its first sample to its last. */
class Integral {
  readonly #sums: Float64Array;
  readonly #cell_us: number;
  readonly first_us: number;
  readonly last_us: number;

  constructor({ at_us, value }: Samples) {
    this.first_us = at_us[0];
    this.last_us = at_us[at_us.length - 1];
    this.#cell_us = Math.max(leastCell_us, (this.last_us - this.first_us) / mostCells);
    const cells = Math.max(1, Math.floor((this.last_us - this.first_us) / this.#cell_us));
    this.#sums = new Float64Array(cells + 1);
    let [sum, i, at] = [0, 1, at_us[0]];
    for (let cell = 1; cell <= cells; cell++) {
      const end = at_us[0] + cell * this.#cell_us;
      for (; at_us[i] <= end; i++) {
        sum += value[i] * (at_us[i] - at);
        at = at_us[i];
      }
      if (i < value.length) sum += value[i] * (end - at);
      at = end;
      this.#sums[cell] = sum;
    }
  }

  until(at_us: number): number {
    const cell = (at_us - this.first_us) / this.#cell_us;
    const whole = Math.min(Math.floor(cell), this.#sums.length - 2);
    return this.#sums[whole] + (cell - whole) * (this.#sums[whole + 1] - this.#sums[whole]);
  }
}

/** What a lag and a window leave of the other log, as far as the reference reaches. */
interface Residuals {
  readonly e: Float64Array;
  /** Squares that are left, over all squares there. */
  readonly left: number;
}

/** Less than this part of the samples, or of their variance, tells nothing of the whole. */
const leastPart = 0.5;
const leastVariance = 0.25;

class Fit {
  readonly #reference: Integral;
  readonly #at_us: Float64Array;
  readonly #value: Float64Array;
  readonly variance: number;

  constructor(reference: Samples, other: Samples) {
    this.#reference = new Integral(reference);
    const stride = Math.ceil(other.at_us.length / mostSamples);
    this.#at_us = other.at_us.filter((_, i) => i % stride === 0);
    this.#value = other.value.filter((_, i) => i % stride === 0);
    this.variance = moments(this.#value).variance;
  }

  /** Null where the reference does not reach. A load that falls where the other rises explains nothing. */
  residuals(lag_us: number, window_us: number): Residuals | null {
    const width_us = Math.max(leastCell_us, window_us);
    const { first_us, last_us } = this.#reference;
    const within = (at_us: number): boolean => at_us - lag_us - width_us >= first_us && at_us - lag_us <= last_us;
    const at_us = this.#at_us.filter(within);
    if (at_us.length < leastPart * this.#at_us.length) return null;
    const y = this.#value.filter((_, i) => within(this.#at_us[i]));
    const x = at_us.map((at) => (this.#reference.until(at - lag_us) - this.#reference.until(at - lag_us - width_us)) / width_us); // prettier-ignore
    const [own, others] = [moments(x), moments(y)];
    if (others.variance < leastVariance * this.variance) return null;
    const covariance = x.reduce((sum, value, i) => sum + (value - own.mean) * (y[i] - others.mean), 0) / x.length;
    const slope = own.variance > 0 ? Math.max(0, covariance / own.variance) : 0;
    const e = y.map((value, i) => value - others.mean - slope * (x[i] - own.mean));
    return { e, left: moments(e).variance / others.variance };
  }

  left(lag_us: number, window_us: number): number {
    return this.residuals(lag_us, window_us)?.left ?? Infinity;
  }

  /** Samples that are independent of each other, by the residual's autocorrelation from one to the next. */
  independent(lag_us: number, window_us: number): number {
    const { e } = this.residuals(lag_us, window_us)!;
    let [own, next] = [0, 0];
    for (let i = 1; i < e.length; i++) {
      own += e[i] * e[i];
      next += e[i] * e[i - 1];
    }
    const correlation = own > 0 ? Math.min(0.9999, Math.max(0, next / own)) : 0;
    return (e.length * (1 - correlation)) / (1 + correlation);
  }
}

function moments(values: Float64Array): { readonly mean: number; readonly variance: number } {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}

interface Point {
  readonly lag_us: number;
  readonly window_us: number;
  readonly left: number;
}

/** Windows of the first search; between them the squares change smoothly. */
const firstWindows_us = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5].map((seconds) => seconds * 1e6);

/** For every lag of a grid the best window. */
function survey(fit: Fit, search_us: number, step_us: number): Point[] {
  const count = 2 * Math.ceil(search_us / step_us) + 1;
  return Array.from({ length: count }, (_, i) => {
    const lag_us = (i - (count - 1) / 2) * step_us;
    return firstWindows_us
      .map((window_us) => ({ lag_us, window_us, left: fit.left(lag_us, window_us) }))
      .reduce((best, point) => (point.left < best.left ? point : best));
  });
}

/** How the search steps: halves of its step to either side. */
const zoom = [-1, -0.5, 0, 0.5, 1];

/**
 * The least squares near a point, by ever finer grids over the middle of the averaged time and its length: a longer window
 * with a shorter lag fits nearly as well, so that lag and window themselves would be searched along a ridge. A parameter
 * whose step is 0 stays.
 */
function refine(fit: Fit, from: Point, step: { readonly lag_us: number; readonly window_us: number }): Point {
  const [moves, widens] = [step.lag_us > 0, step.window_us > 0];
  let best = { ...from, left: fit.left(from.lag_us, from.window_us) };
  for (let size = 1; size > 1e-3; size *= 0.6) {
    const { lag_us, window_us } = best;
    for (const i of moves ? zoom : [0]) {
      for (const j of widens ? zoom : [0]) {
        const longer_us = j * size * step.window_us;
        const own_us = window_us + longer_us;
        if (own_us < 0 || own_us > longestWindow_us) continue;
        const later_us = i * size * step.lag_us - (moves ? longer_us / 2 : 0);
        const left = fit.left(lag_us + later_us, own_us);
        if (left < best.left) best = { lag_us: lag_us + later_us, window_us: own_us, left };
      }
    }
  }
  return best;
}

/** Points of the survey that are better than both their neighbours, best first. */
const valleys = (points: readonly Point[]): Point[] =>
  points
    .filter(({ left }, i) => left <= (points[i - 1]?.left ?? Infinity) && left < (points[i + 1]?.left ?? Infinity))
    .sort((a, b) => a.left - b.left);

/** How far from its best value a parameter may go before the squares exceed what chance allows. */
function reach(squares: (offset_us: number) => number, allowed: number, step_us: number, most_us: number): number {
  let inside = 0;
  let outside = Math.min(step_us, most_us);
  while (squares(outside) <= allowed) {
    inside = outside;
    if (outside >= most_us) return most_us;
    outside = Math.min(2 * outside, most_us);
  }
  for (let i = 0; i < 12; i++) {
    const middle = (inside + outside) / 2;
    if (squares(middle) <= allowed) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** Valleys that are looked at closely: one more than a load that repeats needs to be seen. */
const closeLooks = 6;
/** Fewer tell nothing of four parameters. */
const leastSamples = 20;

/**
 * How far stamps of so many microseconds may move what is found. Whether they were cut off or rounded is not known: cut
 * off, the other log's are early by up to one of its steps and make its lag small, rounded by half a step either way; the
 * reference's do the opposite. Both smear a window, or hide a part of it.
 */
function coarseness(reference_us: number, other_us: number): Record<'lag_us' | 'window_us', readonly [number, number]> {
  const both = reference_us + other_us;
  return { lag_us: [reference_us + other_us / 2, other_us + reference_us / 2], window_us: [both, both] };
}

/** Lag and window of `other` against `reference`, or why there are none. */
export function lagOf(reference: Samples, logged: Samples, search_us: number): Lag | { readonly refused: string } {
  const other = updates(logged);
  if (reference.at_us.length < leastSamples || other.at_us.length < leastSamples) {
    return { refused: `fewer than ${leastSamples} different samples` };
  }
  const fit = new Fit(reference, other);
  if (!(fit.variance > 0)) return { refused: 'one of the logs is constant' };
  const interval_us = medianInterval_us(other);
  const step_us = Math.max(20_000, interval_us / 2, search_us / 500);
  const steps = (window_us: number) => ({ lag_us: step_us, window_us: Math.max(100_000, window_us / 2) });
  const found = valleys(survey(fit, search_us, step_us))
    .slice(0, closeLooks)
    .map((point) => refine(fit, point, steps(point.window_us)))
    .sort((a, b) => a.left - b.left);
  const [best] = found;
  if (!best || 1 - best.left < leastExplained) return { refused: 'the two logs do not show the same load' };

  const free = Math.max(1, fit.independent(best.lag_us, best.window_us) - 4);
  const allowed = best.left * (1 + (2 * critical) / free) + Number.EPSILON;
  const told_ms = Math.max(leastTold_ms, medianInterval_us(reference) / 1e3, interval_us / 1e3);
  const stamps = coarseness(resolution_us(reference), resolution_us(logged));
  const estimate = (name: 'lag_us' | 'window_us', most_us: number, fixed: object): Estimate => {
    const alike = found.filter(({ left }) => left <= allowed).map((point) => point[name]);
    const own_us = best[name];
    const at = (by_us: number): number => refine(fit, { ...best, [name]: own_us + by_us }, { ...steps(best.window_us), ...fixed }).left; // prettier-ignore
    const down_us = name === 'window_us' ? own_us : most_us;
    const low_us = Math.min(...alike, own_us - reach((by) => at(-by), allowed, step_us / 8, down_us));
    const high_us = Math.max(...alike, own_us + reach(at, allowed, step_us / 8, most_us));
    const told = (high_us - low_us) / 2 <= told_ms * 1e3;
    const [early_us, late_us] = stamps[name];
    const low_ms = Math.max(own_us - down_us, low_us - early_us) / 1e3;
    return { ms: own_us / 1e3, low_ms, high_ms: (high_us + late_us) / 1e3, told };
  };
  return {
    lag: estimate('lag_us', search_us, { lag_us: 0 }),
    window: estimate('window_us', longestWindow_us - best.window_us, { window_us: 0 }),
    interval_ms: interval_us / 1e3,
    explained: 1 - best.left,
  };
}
