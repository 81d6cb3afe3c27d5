/** Fitted constants as parts: how regressors are written down and read again. */
import type { Regressor } from './least_squares.js';
import type { Part } from './predictor.js';
import type { Scaler } from './standardise.js';

/** The part of a name. Throws where it is not there: what was fitted does not belong to the predictor that reads it. */
export function partOf(parts: readonly Part[], name: string): Part {
  const found = parts.find((part) => part.name === name);
  if (!found) throw new Error(`fitted: no part ${name}; there are ${parts.map((part) => part.name).join(', ')}`);
  return found;
}

export const single = (name: string, value: number): Part => ({ name, terms: ['1'], values: Float64Array.of(value) });

export function scalerParts(prefix: string, columns: readonly string[], { mean, scale }: Scaler): Part[] {
  return [
    { name: `${prefix}/mean`, terms: columns, values: mean },
    { name: `${prefix}/scale`, terms: columns, values: scale },
  ];
}

export const readScaler = (parts: readonly Part[], prefix: string): Scaler => ({
  mean: partOf(parts, `${prefix}/mean`).values,
  scale: partOf(parts, `${prefix}/scale`).values,
});

export function regressorParts(prefix: string, columns: readonly string[], of: Regressor): Part[] {
  return [
    ...scalerParts(prefix, columns, of.scaler),
    { name: `${prefix}/weight`, terms: columns, values: of.weights },
    single(`${prefix}/bias`, of.bias),
  ];
}

export const readRegressor = (parts: readonly Part[], prefix: string): Regressor => ({
  scaler: readScaler(parts, prefix),
  weights: partOf(parts, `${prefix}/weight`).values,
  bias: partOf(parts, `${prefix}/bias`).values[0],
});
