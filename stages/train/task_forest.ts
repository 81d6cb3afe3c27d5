/**
 * The forest of a task. A worker runs many tasks on the same features, one after another: the last forest is kept, by the
 * contents of the files that it was read from.
 */
import type { TaskContext } from '../../pipeline/stage.js';
import type { Forest } from '../energy/predictors/forest.js';
import { loadForest } from '../energy/predictors/load_forest.js';

const kept = new Map<boolean, { readonly key: string; readonly forest: Forest }>();

/** With what its nodes compute, or without. */
export async function taskForest(
  { database, inputs, upstream }: TaskContext<unknown>,
  computations: boolean,
): Promise<Forest> {
  const models = upstream.featurize.map(({ model }) => model);
  const key = JSON.stringify([models, inputs.map(({ table, sha256 }) => [table, sha256])]);
  const last = kept.get(computations);
  // Where nothing says what the tables hold, they are read.
  if (last?.key === key && inputs.length > 0) return last.forest;
  const forest = await loadForest(database, models, { computations });
  kept.set(computations, { key, forest });
  return forest;
}
