/**
 * All monomials up to a degree, the constant included, in the order of scikit-learn's PolynomialFeatures:
 * 1, x₀, x₁, …, x₀², x₀x₁, …, x₀³, … (combinations with replacement, degree by degree).
 */
import { standardiseRow, type Scaler } from './standardise.js';

/** The degree the paper's tree regressors use: 14 features give 680 monomials. */
export const treeDegree = 3;

export interface Polynomial {
  readonly width: number;
  /** `1`, `flops_million`, `flops_million^2`, `flops_million gpu_j`, … */
  readonly terms: readonly string[];
  /** Monomial t is monomial `shorter[t]` times feature `factor[t]`; both -1 for the constant. */
  readonly shorter: Int32Array;
  readonly factor: Int32Array;
}

export function polynomial(names: readonly string[], degree: number): Polynomial {
  const monomials: { factors: readonly number[]; shorter: number }[] = [{ factors: [], shorter: -1 }];
  for (let from = 0, d = 1; d <= degree; d++) {
    const to = monomials.length;
    for (let shorter = from; shorter < to; shorter++) {
      const { factors } = monomials[shorter];
      for (let k = factors.at(-1) ?? 0; k < names.length; k++) monomials.push({ factors: [...factors, k], shorter });
    }
    from = to;
  }
  return {
    width: names.length,
    terms: monomials.map(({ factors }) => termName(factors, names)),
    shorter: Int32Array.from(monomials, ({ shorter }) => shorter),
    factor: Int32Array.from(monomials, ({ factors }) => factors.at(-1) ?? -1),
  };
}

function termName(factors: readonly number[], names: readonly string[]): string {
  const powers = new Map<number, number>();
  for (const k of factors) powers.set(k, (powers.get(k) ?? 0) + 1);
  return [...powers].map(([k, power]) => (power > 1 ? `${names[k]}^${power}` : names[k])).join(' ') || '1';
}

/**
 * The monomials of the z-scores of some rows, as 32-bit floats like the original's. Row r of the result belongs to row
 * r of `values`; rows that are not asked for stay 0.
 */
export function expand(values: Float64Array, rows: Int32Array, scaler: Scaler, of: Polynomial): Float32Array {
  const { width, shorter, factor } = of;
  const count = shorter.length;
  const expanded = new Float32Array((values.length / width) * count);
  const z = new Float64Array(width);
  const monomials = new Float64Array(count);
  monomials[0] = 1;
  for (const row of rows) {
    standardiseRow(values, width, row, scaler, z);
    for (let t = 1; t < count; t++) monomials[t] = monomials[shorter[t]] * z[factor[t]];
    expanded.set(monomials, row * count);
  }
  return expanded;
}
