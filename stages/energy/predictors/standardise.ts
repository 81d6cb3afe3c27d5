/** z-scores: mean 0 and standard deviation 1 over the rows they were fitted on, each as often as it occurs. */

export interface Scaler {
  readonly mean: Float64Array;
  /** Population standard deviation; 1 for a feature that does not vary. */
  readonly scale: Float64Array;
}

/**
 * Fits to the given rows of a row-major matrix. A variance that rounding alone explains counts as none, with the bound
 * on the error of a mean of n rows, (n·ε·mean)².
 */
export function fitScaler(values: Float64Array, width: number, rows: Int32Array, weights: Int32Array): Scaler {
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  let total = 0;
  for (const row of rows) total += weights[row];
  for (let k = 0; k < width; k++) {
    let sum = 0;
    for (const row of rows) sum += weights[row] * values[row * width + k];
    mean[k] = sum / total;
    let squares = 0;
    for (const row of rows) squares += weights[row] * (values[row * width + k] - mean[k]) ** 2;
    const constant = Math.sqrt(squares / total) <= total * Number.EPSILON * Math.abs(mean[k]);
    scale[k] = constant ? 1 : Math.sqrt(squares / total);
  }
  return { mean, scale };
}

/** The z-scores of one row, into `out`. */
export function standardiseRow(
  values: Float64Array,
  width: number,
  row: number,
  scaler: Scaler,
  out: Float64Array,
): void {
  for (let k = 0; k < width; k++) out[k] = (values[row * width + k] - scaler.mean[k]) / scaler.scale[k];
}
