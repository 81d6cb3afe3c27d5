import { setImmediate } from 'node:timers/promises';
import { UsageError } from '../../pipeline/errors.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { loadEngine } from '../energy/predictors/engine.js';
import { featureSets } from '../energy/predictors/feature_sets.js';
import { intervalParts } from '../energy/predictors/intervals.js';
import type { Forest, Workload } from '../energy/predictors/forest.js';
import { predictorNames, predictors, type PredictorEntry, type PredictorName } from '../energy/predictors/list.js';
import type { Problem, Variant } from '../energy/predictors/predictor.js';
import { foldsOf, type Fold, type SplitName } from '../energy/predictors/splits.js';
import { FittedRows } from './fitted_rows.js';
import { setsOf, type TrainParams } from './stage.js';
import { fitted } from './tables.js';
import { taskForest } from './task_forest.js';

/**
 * Intervals need a fit for every model held out inside of every fold. The paper's variant has none, since its leaks would
 * reach them; of what draws random numbers only that with all features has, which is what the tables compare.
 */
const hasIntervals = ({ random }: PredictorEntry, { variant, features }: Problem): boolean =>
  variant === 'clean' && (!random || features.name === featureSets[0].name);

/** Throws a UsageError where a fold trains on whole models alone: only the law has no use for the nodes below. */
function checkTrees(predictor: PredictorName, { workloads }: Forest, folds: readonly Fold[]): void {
  const isTree = ({ inner, end }: Workload): boolean => inner < end;
  const bare = folds.find(({ heldOut }) => !workloads.some((workload) => !heldOut(workload) && isTree(workload)));
  if (bare === undefined) return;
  throw new UsageError(
    `train.predictors: ${predictor} needs measured nodes below whole models, and without ${bare.name} there are none`,
    'measure their modules and primitives, or train the law alone: train.predictors: [law]',
  );
}

/** Throws a UsageError where a predictor learns from every node and some were not measured. */
function checkMeasured(predictor: PredictorName, { wallJ, nodes }: Forest): void {
  if ((predictors[predictor] as PredictorEntry).partial) return;
  const left = nodes.reduce((sum, count, c) => (Number.isNaN(wallJ[c]) ? sum + count : sum), 0);
  if (left === 0) return;
  throw new UsageError(
    `train.predictors: ${predictor} learns from every node, and trace.measure leaves ${left} of them out`,
    `measure them too, or train those that do without: ${predictorNames.filter((name) => (predictors[name] as PredictorEntry).partial).join(', ')}`,
  );
}

/** Fits one predictor on one feature set, variant and split, fold by fold. */
export async function run(context: TaskContext<TrainParams>): Promise<void> {
  const { params, partition, progress, signal } = context;
  const name = partition.predictor as PredictorName;
  const entry: PredictorEntry = predictors[name];
  const forest = await taskForest(context, entry.computations ?? false);
  const folds = foldsOf(partition.split as SplitName, forest.workloads);
  checkMeasured(name, forest);
  if (name !== 'law') checkTrees(name, forest, folds);
  const predictor = await entry.load();
  const problem: Problem = {
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
  const withIntervals = hasIntervals(entry, problem);
  for (const one of predictor.fit(problem)) {
    const intervals = withIntervals ? intervalParts(predictor, problem, folds[done]) : [];
    rows.add({ ...one, shared: [...one.shared, ...intervals] });
    progress(++done, folds.length);
    await setImmediate();
    signal.throwIfAborted();
  }
  await context.write(fitted, rows.table());
}
