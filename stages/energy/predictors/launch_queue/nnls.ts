/**
 * Non-negative least squares by an active set (Lawson and Hanson 1974, chapter 23) on the normal equations: the designs
 * here are tall and narrow, so that what is solved again and again is small.
 */

/** Of unit columns: how far from zero a gradient may stay, as a part of the largest (research/planned.md 2). */
const gradientTolerance = 1e-10;

/** Added to the diagonal where columns are collinear, as a part of it. */
const ridge = 1e-12;

/** Rows of a least-squares problem, row-major, and what they should give; both already weighted. */
export interface Design {
  readonly width: number;
  readonly values: Float64Array;
  readonly target: Float64Array;
}

/** The x ≥ 0 that minimises |A·x − b|²; 0 for a column of zeros. */
export function nnls({ width, values, target }: Design): Float64Array<ArrayBuffer> {
  const { gram, projection, norm } = normalEquations(width, values, target);
  const solution = new Float64Array(width);
  const active: number[] = [];
  const tolerance = gradientTolerance * Math.max(...projection.map(Math.abs));
  // Each column enters at most a few times: the bound only guards against rounding that never settles.
  for (let round = 0; round < 10 * width; round++) {
    const entering = steepest(width, gram, projection, solution, active, tolerance);
    if (entering < 0) break;
    active.push(entering);
    settle(width, gram, projection, solution, active);
  }
  return solution.map((value, k) => (norm[k] > 0 ? value / norm[k] : 0));
}

/** AᵀA and Aᵀb with the columns scaled to unit length. */
function normalEquations(width: number, values: Float64Array, target: Float64Array) {
  const gram = new Float64Array(width * width);
  const projection = new Float64Array(width);
  // A primitive has amounts of few kinds: only what is there is multiplied.
  const present = new Int32Array(width);
  for (let row = 0; row < target.length; row++) {
    const at = row * width;
    let count = 0;
    for (let i = 0; i < width; i++) if (values[at + i] !== 0) present[count++] = i;
    for (let p = 0; p < count; p++) {
      const i = present[p];
      const value = values[at + i];
      projection[i] += value * target[row];
      for (let q = 0; q <= p; q++) gram[i * width + present[q]] += value * values[at + present[q]];
    }
  }
  const norm = Float64Array.from({ length: width }, (_, k) => Math.sqrt(gram[k * width + k]));
  for (let i = 0; i < width; i++) {
    if (norm[i] > 0) projection[i] /= norm[i];
    for (let j = 0; j <= i; j++) {
      const scale = norm[i] * norm[j];
      gram[i * width + j] = gram[j * width + i] = scale > 0 ? gram[i * width + j] / scale : 0;
    }
  }
  return { gram, projection, norm };
}

/** The column whose weight would lower the error most; -1 where none does. */
function steepest(
  width: number,
  gram: Float64Array,
  projection: Float64Array,
  solution: Float64Array,
  active: readonly number[],
  tolerance: number,
): number {
  let [best, at] = [tolerance, -1];
  for (let k = 0; k < width; k++) {
    if (active.includes(k)) continue;
    let gradient = projection[k];
    for (const j of active) gradient -= gram[k * width + j] * solution[j];
    if (gradient > best) [best, at] = [gradient, k];
  }
  return at;
}

/** Solves for the active columns; those that would fall below zero leave, one step at a time. */
function settle(
  width: number,
  gram: Float64Array,
  projection: Float64Array,
  solution: Float64Array,
  active: number[],
): void {
  while (active.length > 0) {
    const wanted = solveActive(width, gram, projection, active);
    let step = 1;
    active.forEach((k, i) => {
      if (wanted[i] <= 0) step = Math.min(step, solution[k] / (solution[k] - wanted[i]));
    });
    active.forEach((k, i) => (solution[k] += step * (wanted[i] - solution[k])));
    if (step === 1 && wanted.every((value) => value > 0)) return;
    for (let i = active.length - 1; i >= 0; i--) {
      if (wanted[i] > 0 || solution[active[i]] > 1e-15) continue;
      solution[active[i]] = 0;
      active.splice(i, 1);
    }
  }
}

/** Cholesky on the active columns. */
function solveActive(width: number, gram: Float64Array, projection: Float64Array, active: readonly number[]) {
  const n = active.length;
  const lower = new Float64Array(n * n);
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let right = projection[active[i]];
    for (let j = 0; j <= i; j++) {
      let sum = gram[active[i] * width + active[j]] + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(sum, ridge)) : sum / lower[j * n + j];
      if (j < i) right -= lower[i * n + j] * result[j];
    }
    result[i] = right / lower[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) result[i] -= lower[j * n + i] * result[j];
    result[i] /= lower[i * n + i];
  }
  return result;
}
