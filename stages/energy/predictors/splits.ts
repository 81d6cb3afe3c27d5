/**
 * How held-out data are chosen (METHODS 3): every split is a list of folds, each holding out some workloads. What a fold
 * trains on is held out once more, in turn, for the intervals of its predictions (intervals.ts).
 */
import { UsageError } from '../../../pipeline/errors.js';
import type { Workload } from './forest.js';

/** What a split goes by. */
export type Run = Pick<Workload, 'model' | 'family' | 'batchSize' | 'length'>;

export interface Fold {
  /** What is held out. */
  readonly name: string;
  readonly heldOut: (run: Run) => boolean;
  /** Folds among what it trains on that are like it; models held out in turn where it says nothing. */
  readonly within?: FoldsOf;
}

type FoldsOf = (runs: readonly Run[]) => Fold[];

/** Tokens in a batch up to which `large_out` trains. */
export const largeInput = 1024;

/** Encoders against GPTs, by the class of the whole model; any other class is a family of its own. */
const families: Readonly<Record<string, string>> = {
  BertModel: 'encoders',
  RobertaModel: 'encoders',
  DistilBertModel: 'encoders',
  GPT2Model: 'gpts',
  OpenAIGPTModel: 'gpts',
};

/** Folds that hold out one group each, in order of appearance. */
const leaveOut =
  (group: (run: Run) => string): FoldsOf =>
  (runs) =>
    [...new Set(runs.map(group))].map((name) => ({ name, heldOut: (run) => group(run) === name }));

const byModel = leaveOut(({ model }) => model);
const byBatch = leaveOut(({ batchSize }) => `b${batchSize}`);
const byLength = leaveOut(({ length }) => `s${length}`);

/** A workload that was published without its root is of its model's family. */
function byFamily(runs: readonly Run[]): Fold[] {
  const rooted = new Map(runs.flatMap(({ model, family }) => (family === model ? [] : [[model, family] as const])));
  const rootOf = ({ model, family }: Run): string => rooted.get(model) ?? family;
  return leaveOut((run) => families[rootOf(run)] ?? rootOf(run))(runs);
}

const over = (tokens: number): Fold => ({
  name: `over_${tokens}`,
  heldOut: ({ batchSize, length }) => batchSize * length > tokens,
});

const alike = (folds: FoldsOf): FoldsOf => {
  return (runs) => folds(runs).map((fold) => ({ ...fold, within: folds }));
};

const folds = {
  leave_model_out: byModel,
  leave_family_out: byFamily,
  leave_batch_out: alike(byBatch),
  leave_length_out: alike(byLength),
  large_out: () => [{ ...over(largeInput), within: () => [over(largeInput / 2), over(largeInput / 4)] }],
} satisfies Record<string, FoldsOf>;

export type SplitName = keyof typeof folds;
export const splitNames = Object.keys(folds) as SplitName[];

/** Why the runs cannot be split so, `leave_model_out leaves nothing to train in its fold gpt2`; null where they can. */
export function splitProblem(split: SplitName, runs: readonly Run[]): string | null {
  for (const { name, heldOut } of folds[split](runs)) {
    const held = runs.filter(heldOut).length;
    if (held === 0) return `${split} leaves nothing to test in its fold ${name}`;
    if (held === runs.length) return `${split} leaves nothing to train in its fold ${name}`;
  }
  return null;
}

/** The folds of a split. Throws a UsageError where one would have nothing to train on or nothing to test. */
export function foldsOf(split: SplitName, runs: readonly Run[]): Fold[] {
  const problem = splitProblem(split, runs);
  if (problem === null) return folds[split](runs);
  throw new UsageError(`evaluate.splits: ${problem}`, 'trace more models or sizes, or take another split');
}

/** A fold that holds out more than another, and the runs that it holds out beyond it. */
export interface NestedFold<T extends Run> {
  readonly fold: Fold;
  readonly heldOut: readonly T[];
}

/**
 * What a fold trains on, held out in turn: groups like its own where there are two or more, else models. None where
 * there is but one model.
 */
export function nestedFolds<T extends Run>(outer: Fold, runs: readonly T[]): NestedFold<T>[] {
  const training = runs.filter((run) => !outer.heldOut(run));
  const nested = (within: FoldsOf): NestedFold<T>[] =>
    within(training).flatMap(({ name, heldOut }) => {
      const held = training.filter(heldOut);
      if (held.length === 0 || held.length === training.length) return [];
      // Named alike from either side, so that one fit may serve two folds.
      const both = [outer.name, name].sort().join(' and ');
      return { fold: { name: both, heldOut: (run: Run) => outer.heldOut(run) || heldOut(run) }, heldOut: held };
    });
  const like = nested(outer.within ?? byModel);
  return like.length > 1 ? like : nested(byModel);
}
