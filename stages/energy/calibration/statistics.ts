/** The few statistics that a calibration's figures are made of. */

export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

export const greatest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => Math.max(a, b), -Infinity);
export const least = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => Math.min(a, b), Infinity);

export const absolute = (values: ArrayLike<number>): number[] => Array.from(values, Math.abs);

/** The value that a share of the values does not exceed, between neighbours linearly (NumPy's default). */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Pearson's correlation; 0 where one of both does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  // What is left of a constant after rounding does not vary.
  const still = (squares: number, about: number): boolean => squares <= 1e-18 * a.length * about ** 2;
  return still(aa, meanA) || still(bb, meanB) ? 0 : ab / Math.sqrt(aa * bb);
}

/** The correlation of a and b at equal c. */
export function partialCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, c: ArrayLike<number>): number {
  const [ab, ac, bc] = [correlation(a, b), correlation(a, c), correlation(b, c)];
  const rest = (1 - ac ** 2) * (1 - bc ** 2);
  return rest > 0 ? (ab - ac * bc) / Math.sqrt(rest) : 0;
}
