/**
 * Powers whose last bit is the same under every version of Node. V8 computes `**` and `Math.pow` by another formula from
 * its version 13 on (Node 24), while its exponential and logarithm have stayed those of fdlibm; `x ** 2` and powers of
 * two are exact under all. `test/pipeline/house.test.ts` lets no other power into the sources.
 */

/** A positive base to any exponent; 0 and 1 are exact. */
export function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  return exponent === 1 ? base : Math.exp(exponent * Math.log(base));
}
