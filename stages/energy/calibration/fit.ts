/**
 * The wall-power law on points (METHODS 3): wall = η·GPU + P₀·time, and where it is wanted a third term of the CPU.
 * Least squares of relative errors (weights 1/E²).
 */
import type { Points } from './points.js';

/** `two`: GPU and time; `three`: the CPU too. */
export type Form = 'two' | 'three';

export interface Law {
  readonly form: Form;
  /** `eta` (wall J per GPU J), `rest_w` (W), and for three `cpu` (wall J per CPU J) or `cpu_w_per_pct`. */
  readonly terms: readonly string[];
  readonly values: readonly number[];
  /** Standard uncertainties, as of independent rows. */
  readonly sd: readonly number[];
}

/** Pivots below this part of their column count as zero: the rows do not tell the terms apart. */
const singularBelow = 1e-10;

const columnsOf = ({ gpuJ, timeS, cpu }: Points, form: Form): readonly Float64Array[] =>
  form === 'two' ? [gpuJ, timeS] : [gpuJ, timeS, cpu!.values];

/** What the law gives for each point, J. */
export function lawJ({ form, values }: Law, points: Points): Float64Array {
  const columns = columnsOf(points, form);
  return points.wallJ.map((_, i) => columns.reduce((sum, column, k) => sum + values[k] * column[i], 0));
}

/** The law's relative errors, predicted − measured over measured, %. */
export const errorsPct = (law: Law, points: Points): Float64Array =>
  lawJ(law, points).map((j, i) => 100 * (j / points.wallJ[i] - 1));

/** Fits the law; null where the points cannot tell its terms apart. */
export function fitLaw(points: Points, form: Form): Law | null {
  const columns = columnsOf(points, form);
  const n = points.row.length;
  const k = columns.length;
  if (n < k) return null;
  const relative = columns.map((column) => column.map((value, i) => value / points.wallJ[i]));
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const normal = relative.map((a) => relative.map((b) => product(a, b)));
  const inverse = invert(normal);
  if (!inverse) return null;
  const right = relative.map((a) => a.reduce((sum, value) => sum + value, 0));
  const values = inverse.map((row) => row.reduce((sum, value, j) => sum + value * right[j], 0));
  const third = points.cpu?.unit === 'pct' ? 'cpu_w_per_pct' : 'cpu';
  const terms = form === 'two' ? ['eta', 'rest_w'] : ['eta', 'rest_w', third];
  const law = { form, terms, values, sd: values.map(() => 0) };
  const squares = errorsPct(law, points).reduce((sum, error) => sum + (error / 100) ** 2, 0);
  const variance = n > k ? squares / (n - k) : Infinity;
  return { ...law, sd: inverse.map((row, j) => Math.sqrt(variance * Math.max(0, row[j]))) };
}

/** The inverse of a small symmetric matrix by elimination of its scaled form; null where it is singular. */
function invert(matrix: readonly (readonly number[])[]): number[][] | null {
  const n = matrix.length;
  const scale = matrix.map((row, i) => (row[i] > 0 ? 1 / Math.sqrt(row[i]) : 0));
  const work = matrix.map((row, i) => [
    ...row.map((value, j) => value * scale[i] * scale[j]),
    ...row.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (let p = 0; p < n; p++) {
    const pivot = work[p][p];
    if (!(pivot > singularBelow)) return null;
    for (let j = 0; j < 2 * n; j++) work[p][j] /= pivot;
    for (let i = 0; i < n; i++) {
      const factor = work[i][p];
      if (i === p || factor === 0) continue;
      for (let j = 0; j < 2 * n; j++) work[i][j] -= factor * work[p][j];
    }
  }
  return work.map((row, i) => row.slice(n).map((value, j) => value * scale[i] * scale[j]));
}
