/** What a bench is known not to tell before anything is measured: without a meter the wall, without a GPU all that is its. */
import type { Source } from '../../../pipeline/stage.js';
import { featureNames } from '../predictors/feature_sets.js';
import { liveOf } from './live/settings.js';

/** Columns of `features` that only a GPU tells. */
const gpuColumns = featureNames.filter((name) => name.startsWith('gpu_'));

/** Columns of `features` that will be null in every row. */
export function absentColumns(source: Source): string[] {
  if (source.kind !== 'live') return [];
  const { meter, gpu } = liveOf(source);
  return [...(meter === null ? ['wall_j'] : []), ...(gpu === null ? gpuColumns : [])];
}

/** True where joules are the GPU's alone. */
export const isUnmetered = (source: Source): boolean => absentColumns(source).includes('wall_j');
