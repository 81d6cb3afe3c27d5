/**
 * What of the asked-for predictors, feature sets and splits can be had of a bench and its models and sizes. Measuring hangs
 * on none of them: what cannot be had is left out and told, with what could be had instead.
 */
import type { Source } from '../../pipeline/stage.js';
import { absentColumns, isUnmetered } from '../energy/benches/absent.js';
import type { FeatureSet } from '../energy/predictors/feature_sets.js';
import { neededColumns, predictors, type PredictorEntry } from '../energy/predictors/list.js';
import { entryOf } from '../energy/predictors/own.js';
import { splitNames, splitProblem, type Run, type SplitName } from '../energy/predictors/splits.js';
import { type Sizes, workloadsOf } from '../energy/tree/workloads.js';
import { setsOf } from './feature_choice.js';
import type { TrainParams } from './stage.js';

type Settings = Readonly<Record<string, unknown>>;

/** What is traced, as far as the splits go by it. */
interface Grid extends Sizes {
  readonly models: readonly string[];
}

/** Which splits are asked for, and which of all the configured models and sizes give, as far as is known without trees. */
function splitsOf({ evaluate, trace }: Settings) {
  const { splits } = evaluate as { readonly splits: readonly SplitName[] };
  const { models, ...sizes } = trace as Grid;
  const runs: Run[] = models.flatMap((model) =>
    workloadsOf(sizes).map(({ batch_size: batchSize, length }) => ({ model, family: model, batchSize, length })),
  );
  const given = splitNames.filter((split) => splitProblem(split, runs) === null);
  return { splits, runs, given };
}

/** The splits that can be had of those asked for; none where nothing tells the wall's joules. */
export function splitsToFit(settings: Settings, source: Source): SplitName[] {
  const { splits, given } = splitsOf(settings);
  return isUnmetered(source) ? [] : splits.filter((split) => given.includes(split));
}

const lacks = (entry: PredictorEntry, set: FeatureSet, absent: readonly string[]): boolean =>
  neededColumns(entry, set).some((column) => absent.includes(column));

/** The feature sets of a predictor that the bench tells. */
export const setsToFit = (params: TrainParams, predictor: string, source: Source): FeatureSet[] =>
  setsOf(params, predictor).filter((set) => !lacks(entryOf(predictor, params.own), set, absentColumns(source)));

const noMeter =
  'train: this bench has no meter: the wall’s joules are not known, so nothing is trained, evaluated or reported (pipeline calibrate ' +
  'CONFIG fits the GPU’s, for predict --on; query has them: features.gpu_j of every node)';

/** Predictors with features of their own, none of which a GPU tells. */
const withoutGpu = Object.entries<PredictorEntry>(predictors).flatMap(([name, { ownFeatures, needs = [] }]) =>
  ownFeatures && needs.length === 0 ? [name] : [],
);

function leftOutSets(params: TrainParams, source: Source): string[] {
  const absent = absentColumns(source);
  const without = params.predictors.flatMap((predictor) => {
    const sets = setsOf(params, predictor);
    const missing = sets.filter((set) => lacks(entryOf(predictor, params.own), set, absent)).map(({ name }) => name);
    if (missing.length === 0) return [];
    return [missing.length === sets.length ? predictor : `${predictor} with ${missing.join(', ')}`];
  });
  if (without.length === 0) return [];
  return [
    `train: this bench has no GPU, and left out is what goes by one: ${without.join('; ')} (there are ${withoutGpu.join(', ')}, and the ` +
      'paper’s predictors with features: [model_only])',
  ];
}

/** All that is left out, a sentence each. */
export function leftOut(params: TrainParams, settings: Settings, source: Source): string[] {
  if (isUnmetered(source)) return [noMeter];
  const { splits, runs, given } = splitsOf(settings);
  const none = splits.every((split) => !given.includes(split)) ? '; so nothing is trained or evaluated' : '';
  const others =
    given.length === 0
      ? 'one model at one size can be measured, but nothing of it held out'
      : `these models and sizes give ${given.join(', ')}`;
  const impossible = splits.flatMap((split) => {
    const problem = splitProblem(split, runs);
    return problem === null ? [] : [`evaluate.splits: ${problem}: it is left out${none} (${others})`];
  });
  return [...leftOutSets(params, source), ...impossible];
}
