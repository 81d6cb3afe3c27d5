/** How held-out data are chosen (METHODS 3): every split is a list of folds, each holding out some workloads. */
import { UsageError } from '../../../pipeline/errors.js';
import type { Workload } from './forest.js';

/** What a split goes by. */
export type Run = Pick<Workload, 'model' | 'family' | 'batchSize' | 'length'>;

export interface Fold {
  /** What is held out. */
  readonly name: string;
  readonly heldOut: (run: Run) => boolean;
}

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

type Group = (run: Run) => string;

/** Folds that hold out one group each, in order of appearance. */
const leaveOut =
  (group: Group) =>
  (runs: readonly Run[]): Fold[] =>
    [...new Set(runs.map(group))].map((name) => ({ name, heldOut: (run) => group(run) === name }));

const folds = {
  leave_model_out: leaveOut(({ model }) => model),
  leave_family_out: leaveOut(({ family }) => families[family] ?? family),
  leave_batch_out: leaveOut(({ batchSize }) => `b${batchSize}`),
  leave_length_out: leaveOut(({ length }) => `s${length}`),
  large_out: () => [
    { name: `over_${largeInput}`, heldOut: ({ batchSize, length }) => batchSize * length > largeInput },
  ],
} satisfies Record<string, (runs: readonly Run[]) => Fold[]>;

export type SplitName = keyof typeof folds;
export const splitNames = Object.keys(folds) as SplitName[];

/** The folds of a split. Throws a UsageError where one would have nothing to train on or nothing to test. */
export function foldsOf(split: SplitName, runs: readonly Run[]): Fold[] {
  const all = folds[split](runs);
  for (const { name, heldOut } of all) {
    const held = runs.filter(heldOut).length;
    if (held > 0 && held < runs.length) continue;
    throw new UsageError(
      `evaluate.splits: ${split} leaves nothing to ${held === 0 ? 'test' : 'train'} in its fold ${name}`,
      'trace more models or sizes, or take another split',
    );
  }
  return all;
}
