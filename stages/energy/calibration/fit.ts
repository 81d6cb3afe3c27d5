/** The wall-power law on points: two constants, or three where the CPU is to have its own (law_fit.ts). */
import { UsageError } from '../../../pipeline/errors.js';
import { fitLaw as fitRows, lawJ as rowJ, type Law as FittedLaw, type LawRow } from '../predictors/law_fit.js';
import type { Points } from './points.js';

/** `two`: GPU and time; `three`: the CPU too. */
export type Form = 'two' | 'three';

export interface Law extends FittedLaw {
  readonly form: Form;
}

const rowOf = ({ wallJ, gpuJ, timeS, cpu }: Points, i: number): LawRow => ({
  wallJ: wallJ[i],
  gpuJ: gpuJ[i],
  latencyS: timeS[i],
  cpu: cpu?.values[i],
});

/** What the law gives for each point, J. */
export const lawJ = (law: Law, points: Points): Float64Array => points.wallJ.map((_, i) => rowJ(law, rowOf(points, i)));

/** The law's relative errors, predicted − measured over measured, %. */
export const errorsPct = (law: Law, points: Points): Float64Array =>
  lawJ(law, points).map((j, i) => 100 * (j / points.wallJ[i] - 1));

/** Fits the law; null where the points cannot tell its terms apart. */
export function fitLaw(points: Points, form: Form): Law | null {
  const rows = Array.from(points.row.keys(), (i) => rowOf(points, i));
  const third = points.cpu?.unit === 'pct' ? 'cpu_w_per_pct' : 'cpu';
  try {
    return { form, ...fitRows(rows, form === 'three' ? third : null) };
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
