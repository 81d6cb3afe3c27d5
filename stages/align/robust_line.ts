/** A straight line through points of which a few may be far off (research/measuring.md 2). */
import { median } from '../energy/median.js';

/** Points further from the line than so many median absolute deviations are left out … */
const outlierMads = 3;
/** … in so many rounds of fitting. */
const fits = 6;

export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** Points that the last fit rests on. */
  readonly kept: number;
  /** Standard error of the line at an x, from the scatter of the points kept. */
  readonly standardError: (x: number) => number;
}

/** Median absolute deviation from the median, in the values' unit. */
export function medianDeviation(values: readonly number[]): number {
  const centre = median(values);
  return median(values.map((value) => Math.abs(value - centre)));
}

/** Least squares; horizontal where all x are equal. */
function leastSquares(x: readonly number[], y: readonly number[]): Line {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [xMean, yMean] = [mean(x), mean(y)];
  let xx = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    xx += (x[i] - xMean) ** 2;
    xy += (x[i] - xMean) * (y[i] - yMean);
  }
  const slope = xx > 0 ? xy / xx : 0;
  const intercept = yMean - slope * xMean;
  const squares = y.reduce((sum, value, i) => sum + (value - intercept - slope * x[i]) ** 2, 0);
  const variance = squares / Math.max(1, x.length - 2);
  const standardError = (at: number): number => Math.sqrt(variance * (1 / x.length + (at - xMean) ** 2 / xx));
  return { intercept, slope, kept: x.length, standardError };
}

/** Least squares, repeated without the points that lie off; `resolution` is the least distance that counts as off. */
export function robustLine(x: readonly number[], y: readonly number[], resolution: number): Line {
  let line = leastSquares(x, y);
  for (let fit = 2; fit <= fits; fit++) {
    const { intercept, slope } = line;
    const residuals = x.map((at, i) => y[i] - intercept - slope * at);
    const centre = median(residuals);
    const limit = Math.max(outlierMads * medianDeviation(residuals), resolution);
    const near = (_: number, i: number): boolean => Math.abs(residuals[i] - centre) <= limit;
    line = leastSquares(x.filter(near), y.filter(near));
  }
  return line;
}
