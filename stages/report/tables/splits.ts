/** Harder tests than one model held out: a whole family, a batch size, a length, everything larger. */
import { largeInput, splitNames } from '../../energy/predictors/splits.js';
import { label, titleOf } from '../names.js';
import {
  absentPredictorsNote,
  divergenceNote,
  levelTitle,
  methodCells,
  methodColumns,
  type Level,
  type Method,
  type Methods,
} from '../methods.js';
import type { Output } from '../output.js';

/** The primitives' errors by split say little of a tree; `spread` and `by_type` have them. */
const shown: readonly Level[] = ['model', 'module'];

function absentSplitsNote(methods: Methods): string[] {
  const present = methods.splits(splitNames);
  const absent = splitNames.filter((split) => !present.includes(split));
  if (absent.length === 0 || present.length === 0) return [];
  return [`Not in this run: ${absent.join(', ')}. Add them to evaluate.splits in the configuration, and run again.`];
}

export const splitsTable: Output = {
  id: 'splits',
  title: 'Error by what is held out',
  caption:
    'Mean error in % of whole models and of modules when training lacks the model, its whole family (encoders or GPTs), the batch size, the length, or all larger inputs.',
  reads: ['errors'],
  paper: [],
  async build(context) {
    const methods = await context.methods();
    const present = methods.splits(splitNames);
    const isHeldOutOften = (method: Method): boolean =>
      present.some((split) => split !== present[0] && methods.row(method, { level: 'model', split }) !== null);
    const compared = present.length > 1 ? methods.all.filter(isHeldOutOften) : methods.all;
    return {
      columns: [
        ...methodColumns,
        { name: 'level', title: 'Level', unit: '' },
        ...splitNames.map((name) => ({ name, title: titleOf(name), unit: '%', decimals: 2 })),
      ],
      rows: shown.flatMap((level) =>
        compared.map((method) => ({
          ...methodCells(method),
          level: label(level, levelTitle[level]),
          ...Object.fromEntries(splitNames.map((split) => [split, methods.cell(method, { level, split })])),
        })),
      ),
      notes: [
        ...(compared.length < methods.all.length
          ? ['Feature sets are compared with the model held out alone: here each method has its first.']
          : []),
        'Family held out: a primitive whose type training lacks (Linear of the GPTs, Conv1D of the encoders) is predicted by the paper’s methods with one regressor over all primitives, by ours with the constants of the primitive that is most like it.',
        `Larger inputs held out: training has batches of up to ${largeInput} tokens, the errors are of larger ones.`,
        ...divergenceNote(
          methods,
          shown.flatMap((level) => splitNames.map((split) => ({ level, split }))),
        ),
        ...absentSplitsNote(methods),
        ...absentPredictorsNote(methods),
      ],
    };
  },
};
