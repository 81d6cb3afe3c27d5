/** The weights training starts from. */
import { Random } from '../random.js';

/**
 * Uniform in ±1/√terms for every weight and the bias behind them, as torch draws a linear layer's; its own for each
 * seed and fold (METHODS 2).
 */
export function drawWeights(fold: string, seed: number, terms: number): Float64Array {
  const random = new Random('weights', seed, fold);
  const bound = 1 / Math.sqrt(terms);
  return Float64Array.from({ length: terms + 1 }, () => bound * (2 * random.uniform() - 1));
}
