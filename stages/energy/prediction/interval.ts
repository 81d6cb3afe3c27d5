/** The interval of a prediction. Until the bench's intervals are fitted there is none. */
import type { Forest } from '../predictors/forest.js';
import type { Fitted } from '../predictors/predictor.js';

export interface Intervals {
  readonly lowJ: Float64Array;
  readonly highJ: Float64Array;
  /** 0…1. */
  readonly coverage: number;
}

export const intervalsOf = (
  _fitted: Fitted,
  _forest: Forest,
  _classes: Int32Array,
  _wallJ: Float64Array,
  _extrapolated: Uint8Array,
): Intervals | null => null;
