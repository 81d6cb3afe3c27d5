/** Intervals of differences. */
import type { PredictedNode } from './predict_model.js';

export interface Interval {
  readonly lowJ: number;
  readonly highJ: number;
}

type Bounds = Pick<PredictedNode, 'lowJ' | 'highJ'>;

/** The interval of a node; null where it has none. */
export const intervalOf = ({ lowJ, highJ }: Bounds): Interval | null =>
  lowJ === null || highJ === null ? null : { lowJ, highJ };

/** The second less the first, wherever both lie within their intervals. */
export function freeInterval(first: Bounds, second: Bounds): Interval | null {
  const [a, b] = [intervalOf(first), intervalOf(second)];
  return a && b && { lowJ: b.lowJ - a.highJ, highJ: b.highJ - a.lowJ };
}

/** A sum of parts, each at either end of its interval; null where one has none. */
export function sumOf(parts: readonly (Interval | null)[]): Interval | null {
  let [lowJ, highJ] = [0, 0];
  for (const part of parts) {
    if (!part) return null;
    lowJ += part.lowJ;
    highJ += part.highJ;
  }
  return { lowJ, highJ };
}

/** As many of one part; less than none turns it over. */
export const times = (count: number, part: Interval | null): Interval | null =>
  part && (count < 0 ? { lowJ: count * part.highJ, highJ: count * part.lowJ } : { lowJ: count * part.lowJ, highJ: count * part.highJ }); // prettier-ignore
