import { setImmediate } from 'node:timers/promises';
import { UnavailableError, UsageError } from '../../pipeline/errors.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { loadEngine } from '../energy/predictors/engine.js';
import { featureNames, featureSets, type FeatureSet } from '../energy/predictors/feature_sets.js';
import { intervalParts } from '../energy/predictors/intervals.js';
import { recordWidth, type Forest, type Workload } from '../energy/predictors/forest.js';
import { neededColumns, partialPredictors, type PredictorEntry } from '../energy/predictors/list.js';
import { entryOf } from '../energy/predictors/own.js';
import type { Problem, Variant } from '../energy/predictors/predictor.js';
import { foldsOf, type Fold, type SplitName } from '../energy/predictors/splits.js';
import { FittedRows } from './fitted_rows.js';
import { setsOf } from './feature_choice.js';
import type { TrainParams } from './stage.js';
import { fitted } from './tables.js';
import { taskForest } from './task_forest.js';

/**
 * Intervals need a fit for every model held out inside of every fold. The paper's variant has none, since its leaks would
 * reach them; of what draws random numbers only that with all features has, which is what the tables compare.
 */
const hasIntervals = ({ random }: PredictorEntry, { variant, features }: Problem): boolean =>
  variant === 'clean' && (!random || features.name === featureSets[0].name);

/**
 * Throws a UsageError where a fold trains on whole models alone: of ours only the law has no use for the nodes below, and
 * a predictor of the user's own may say so itself.
 */
function checkTrees(predictor: string, { workloads }: Forest, folds: readonly Fold[]): void {
  const isTree = ({ inner, end }: Workload): boolean => inner < end;
  const bare = folds.find(({ heldOut }) => !workloads.some((workload) => !heldOut(workload) && isTree(workload)));
  if (bare === undefined) return;
  throw new UsageError(
    `train.predictors: ${predictor} needs measured nodes below whole models, and without ${bare.name} there are none`,
    'measure their modules and primitives, or train the law alone: train.predictors: [law]',
  );
}

/**
 * Throws an UnavailableError where the bench does not tell what the predictor goes by: of logs of others that is only
 * known here.
 */
function checkTold(predictor: string, entry: PredictorEntry, set: FeatureSet, { records, wallJ }: Forest): void {
  if (wallJ.every(Number.isNaN)) {
    throw new UnavailableError(
      `train: no wall energy is known of this run: ${predictor} cannot be fitted`,
      'pipeline calibrate CONFIG fits the GPU’s joules where there is no meter',
    );
  }
  const isTold = (k: number): boolean => wallJ.some((_, c) => !Number.isNaN(records[c * recordWidth + k]));
  const lacking = neededColumns(entry, set).filter((name) => !isTold(featureNames.indexOf(name)));
  if (lacking.length === 0) return;
  throw new UnavailableError(
    `train.predictors: ${predictor} with ${set.name} goes by ${lacking.join(', ')}, which this bench does not tell`,
    'take train.predictors: [planned, planned_catalogue], or train.features: [model_only]',
  );
}

/** Throws a UsageError where a predictor learns from every node and some were not measured. */
function checkMeasured(predictor: string, { partial }: PredictorEntry, { wallJ, nodes }: Forest): void {
  if (partial) return;
  const left = nodes.reduce((sum, count, c) => (Number.isNaN(wallJ[c]) ? sum + count : sum), 0);
  if (left === 0) return;
  throw new UsageError(
    `train.predictors: ${predictor} learns from every node, and trace.measure leaves ${left} of them out`,
    `measure them too, or train those that do without: ${partialPredictors.join(', ')}`,
  );
}

/** Fits one predictor on one feature set, variant and split, fold by fold. */
export async function run(context: TaskContext<TrainParams>): Promise<void> {
  const { params, partition, progress, signal } = context;
  const name = partition.predictor;
  const entry = entryOf(name, params.own);
  const forest = await taskForest(context, entry.computations ?? false);
  const features = setsOf(params, name).find((set) => set.name === partition.features)!;
  checkTold(name, entry, features, forest);
  const folds = foldsOf(partition.split as SplitName, forest.workloads);
  checkMeasured(name, entry, forest);
  if (name !== 'law' && !params.own?.[name]) checkTrees(name, forest, folds);
  const predictor = await entry.load();
  const problem: Problem = {
    forest,
    features,
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
