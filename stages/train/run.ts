import { setImmediate } from 'node:timers/promises';
import type { TaskContext } from '../../pipeline/stage.js';
import { loadEngine } from '../energy/predictors/engine.js';
import { predictors, type PredictorEntry, type PredictorName } from '../energy/predictors/list.js';
import { loadForest } from '../energy/predictors/load_forest.js';
import type { Variant } from '../energy/predictors/predictor.js';
import { foldsOf, type SplitName } from '../energy/predictors/splits.js';
import { FittedRows } from './fitted_rows.js';
import { setsOf, type TrainParams } from './stage.js';
import { fitted } from './tables.js';

/** Fits one predictor on one feature set, variant and split, fold by fold. */
export async function run(context: TaskContext<TrainParams>): Promise<void> {
  const { params, partition, upstream, database, progress, signal } = context;
  const models = upstream.featurize.map(({ model }) => model);
  const name = partition.predictor as PredictorName;
  const entry: PredictorEntry = predictors[name];
  const forest = await loadForest(database, models, { computations: entry.computations });
  const folds = foldsOf(partition.split as SplitName, forest.workloads);
  const predictor = await entry.load();
  const problem = {
    forest,
    features: setsOf(params, name).find((set) => set.name === partition.features)!,
    variant: partition.variant as Variant,
    folds,
    seeds: Array.from({ length: params.seeds }, (_, i) => i + 1),
    epochs: params.epochs,
    learningRate: params.learning_rate,
    tau: params.tau,
    engine: await loadEngine(params.engine),
  };
  const rows = new FittedRows(partition);
  let done = 0;
  for (const one of predictor.fit(problem)) {
    rows.add(one);
    progress(++done, folds.length);
    await setImmediate();
    signal.throwIfAborted();
  }
  await context.write(fitted, rows.table());
}
