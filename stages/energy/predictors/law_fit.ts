/**
 * The wall-power law E = η·G + P₀·t, fitted (METHODS 3): η wall joules for each joule that the GPU's own meter counts,
 * P₀ the power of the rest of the machine. Knows no forest: `calibrate` fits other people's tables with it.
 */
import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { UsageError } from '../../../pipeline/errors.js';

/** One measurement, of one run. */
export interface LawRow {
  /** Energy at the wall, J. */
  readonly wallJ: number;
  /** Energy by the GPU's driver, J. */
  readonly gpuJ: number;
  readonly latencyS: number;
  /** What the optional third constant is multiplied with: the CPU's energy, J, or its load times the time, % · s. */
  readonly cpu?: number;
  /** Each level weighs the same, however many rows it has. Absent: all rows are of one. */
  readonly level?: number;
}

/** The third constant: wall J for each J of the CPU's meter, or W for each % of the CPU's load. */
export type CpuTerm = 'cpu' | 'cpu_w_per_pct';

export interface LawConstants {
  readonly eta: number;
  readonly restW: number;
  /** Null where there is no third term. */
  readonly cpu: number | null;
}

export interface Law extends LawConstants {
  readonly cpuTerm: CpuTerm | null;
  /** Standard uncertainties of the constants. */
  readonly sd: LawConstants;
}

/** Of unit columns: below this part of the largest singular value the rows do not tell the constants apart. */
const singularCut = 1e-6;

/** The energy that the law gives, J. */
export const lawJ = ({ eta, restW, cpu }: LawConstants, { gpuJ, latencyS, cpu: load }: Omit<LawRow, 'wallJ'>): number =>
  eta * gpuJ + restW * latencyS + (cpu === null ? 0 : cpu * (load ?? NaN));

/**
 * Weighted least squares, of relative errors: a row weighs 1/E² over the number of rows of its level. The standard
 * uncertainties are the sandwich's (White 1980, with n/(n − k)): they do not take the rows' scatter to be the weights'.
 * Throws a UsageError where there are fewer rows than constants, or the rows do not tell them apart.
 */
export function fitLaw(rows: readonly LawRow[], cpuTerm: CpuTerm | null = null): Law {
  const terms = cpuTerm === null ? 2 : 3;
  if (rows.length < terms) {
    throw new UsageError(`${rows.length} measurements cannot give ${terms} constants`, 'measure more, of other loads');
  }
  const { design, target, scale } = weighted(rows, terms);
  const bread = invert(products(design, terms));
  const seen = Array.from({ length: terms }, (_, k) => sum(design, (row, i) => row[k] * target[i]));
  const solution = bread.map((row) => row.reduce((total, value, k) => total + value * seen[k], 0));
  const residual = design.map((row, i) => row.reduce((rest, value, k) => rest - value * solution[k], target[i]));
  const scattered = products(
    design.map((row, i) => row.map((value) => value * residual[i])),
    terms,
  );
  const covariance = new Matrix(bread).mmul(new Matrix(scattered)).mmul(new Matrix(bread));
  const freedom = rows.length > terms ? rows.length / (rows.length - terms) : Infinity;
  const sd = solution.map((_, k) => Math.sqrt(covariance.get(k, k) * freedom) / scale[k]);
  return { ...constants(solution.map((value, k) => value / scale[k])), cpuTerm, sd: constants(sd) };
}

const constants = ([eta, restW, cpu]: readonly number[]): LawConstants => ({ eta, restW, cpu: cpu ?? null });

/** Rows times the roots of their weights, their columns divided by `scale` to be of norm 1. */
function weighted(rows: readonly LawRow[], terms: number): { design: number[][]; target: number[]; scale: number[] } {
  const counts = new Map<number, number>();
  for (const { level = 0 } of rows) counts.set(level, (counts.get(level) ?? 0) + 1);
  const roots = rows.map(({ wallJ, level = 0 }) => 1 / (wallJ * Math.sqrt(counts.get(level)!)));
  const design = rows.map(({ gpuJ, latencyS, cpu = NaN }, i) =>
    [gpuJ, latencyS, cpu].slice(0, terms).map((value) => value * roots[i]),
  );
  const scale = Array.from({ length: terms }, (_, k) => Math.sqrt(sum(design, (row) => row[k] ** 2)) || 1);
  return {
    design: design.map((row) => row.map((value, k) => value / scale[k])),
    target: rows.map(({ wallJ }, i) => wallJ * roots[i]),
    scale,
  };
}

const sum = (design: readonly number[][], term: (row: readonly number[], i: number) => number): number =>
  design.reduce((total, row, i) => total + term(row, i), 0);

/** Of each two columns the sum of products. */
const products = (design: readonly number[][], terms: number): number[][] =>
  Array.from({ length: terms }, (_, j) =>
    Array.from({ length: terms }, (_, k) => sum(design, (row) => row[j] * row[k])),
  );

function invert(gram: readonly number[][]): number[][] {
  const matrix = new Matrix(gram as number[][]);
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  if (!(Math.min(...realEigenvalues) > singularCut ** 2 * Math.max(...realEigenvalues))) {
    throw new UsageError(
      'the measurements do not tell the constants apart: GPU power (or CPU load) is the same in all of them',
      'measure loads of different power, idle among them',
    );
  }
  return inverse(matrix).to2DArray();
}
