/**
 * The two products that training spends its time in, on consecutive rows of a matrix of 32-bit floats: rows · weights,
 * and the sum of rows by their derivatives. Weights may lie side by side for several seeds (*lanes*: index
 * [term][lane]), so that a feature is loaded once for all of them. Each sum runs in one order whatever the lanes are: a
 * seed's result does not depend on its neighbours.
 */

/** Seeds side by side: four accumulators for each of two rows keep the processor's adders busy. */
export const wide = 4;

/** Some consecutive rows of a row-major matrix. */
export interface Rows {
  readonly x: Float32Array;
  readonly terms: number;
  readonly first: number;
  readonly count: number;
}

/** z[row][lane] = Σ x[row][t] · weights[t][lane] + weights[terms][lane]: the bias lies behind the weights. */
export function multiply(rows: Rows, weights: Float64Array, lanes: number, z: Float64Array): void {
  if (lanes === wide) multiplyWide(rows, weights, z);
  else multiplySingle(rows, weights, z);
  const bias = rows.terms * lanes;
  for (let i = 0; i < rows.count * lanes; i++) z[i] += weights[bias + (i % lanes)];
}

/** gradient[t][lane] = Σ dz[row][lane] · x[row][t], and Σ dz[row][lane] behind them for the bias. */
export function accumulate(rows: Rows, dz: Float64Array, lanes: number, gradient: Float64Array): void {
  gradient.fill(0);
  if (lanes === wide) accumulateWide(rows, dz, gradient);
  else accumulateSingle(rows, dz, gradient);
  const bias = rows.terms * lanes;
  for (let i = 0; i < rows.count * lanes; i++) gradient[bias + (i % lanes)] += dz[i];
}

function multiplySingle({ x, terms, first, count }: Rows, w: Float64Array, z: Float64Array): void {
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    const a = (first + row) * terms;
    const b = a + terms;
    const c = b + terms;
    const d = c + terms;
    let za = 0;
    let zb = 0;
    let zc = 0;
    let zd = 0;
    for (let t = 0; t < terms; t++) {
      const weight = w[t];
      za += x[a + t] * weight;
      zb += x[b + t] * weight;
      zc += x[c + t] * weight;
      zd += x[d + t] * weight;
    }
    z[row] = za;
    z[row + 1] = zb;
    z[row + 2] = zc;
    z[row + 3] = zd;
  }
  for (; row < count; row++) {
    const a = (first + row) * terms;
    let za = 0;
    for (let t = 0; t < terms; t++) za += x[a + t] * w[t];
    z[row] = za;
  }
}

function multiplyWide({ x, terms, first, count }: Rows, w: Float64Array, z: Float64Array): void {
  for (let row = 0; row < count; row += 2) {
    const a = (first + row) * terms;
    // An odd last row is computed twice rather than written out again.
    const b = row + 1 < count ? a + terms : a;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let t = 0, i = 0; t < terms; t++, i += 4) {
      const xa = x[a + t];
      const xb = x[b + t];
      a0 += xa * w[i];
      a1 += xa * w[i + 1];
      a2 += xa * w[i + 2];
      a3 += xa * w[i + 3];
      b0 += xb * w[i];
      b1 += xb * w[i + 1];
      b2 += xb * w[i + 2];
      b3 += xb * w[i + 3];
    }
    const i = row * 4;
    z[i] = a0;
    z[i + 1] = a1;
    z[i + 2] = a2;
    z[i + 3] = a3;
    if (b === a) continue;
    z[i + 4] = b0;
    z[i + 5] = b1;
    z[i + 6] = b2;
    z[i + 7] = b3;
  }
}

function accumulateSingle({ x, terms, first, count }: Rows, dz: Float64Array, g: Float64Array): void {
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    const a = (first + row) * terms;
    const b = a + terms;
    const c = b + terms;
    const d = c + terms;
    const da = dz[row];
    const db = dz[row + 1];
    const dc = dz[row + 2];
    const dd = dz[row + 3];
    for (let t = 0; t < terms; t++) g[t] = g[t] + da * x[a + t] + db * x[b + t] + dc * x[c + t] + dd * x[d + t];
  }
  for (; row < count; row++) {
    const a = (first + row) * terms;
    const da = dz[row];
    for (let t = 0; t < terms; t++) g[t] += da * x[a + t];
  }
}

function accumulateWide({ x, terms, first, count }: Rows, dz: Float64Array, g: Float64Array): void {
  for (let row = 0; row < count; row += 2) {
    const a = (first + row) * terms;
    const paired = row + 1 < count;
    const b = paired ? a + terms : a;
    const i = row * 4;
    const [a0, a1, a2, a3] = [dz[i], dz[i + 1], dz[i + 2], dz[i + 3]];
    const [b0, b1, b2, b3] = paired ? [dz[i + 4], dz[i + 5], dz[i + 6], dz[i + 7]] : [0, 0, 0, 0];
    for (let t = 0, j = 0; t < terms; t++, j += 4) {
      const xa = x[a + t];
      const xb = x[b + t];
      g[j] = g[j] + a0 * xa + b0 * xb;
      g[j + 1] = g[j + 1] + a1 * xa + b1 * xb;
      g[j + 2] = g[j + 2] + a2 * xa + b2 * xb;
      g[j + 3] = g[j + 3] + a3 * xa + b3 * xb;
    }
  }
}
