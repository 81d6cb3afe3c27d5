/** Every predictor in its setting, the paper's beside ours: how far off each is on a model it has not seen. */
import { label, titleOf } from '../names.js';
import {
  absentPredictorsNote,
  divergenceNote,
  levels,
  levelTitle,
  methodCells,
  methodColumns,
  type Level,
  type Method,
} from '../methods.js';
import { leakingNote } from '../notes.js';
import type { Output, ReportContext } from '../output.js';
import { paperNumber } from '../paper.js';
import { settingsNote } from '../settings.js';

/** What the paper prints for a method: Table 8 has its features, Table 9 its predictors. */
async function printed({ machine, paper }: ReportContext): Promise<(method: Method, level: Level) => number | null> {
  const [table8, table9] = [await paper('table8'), await paper('table9')];
  return ({ predictor, features }, level) => {
    if (machine === null) return null;
    if (predictor === 'end2end') return paperNumber(table8, { machine, features }, level);
    return features === 'all' ? paperNumber(table9, { machine, predictor }, level) : null;
  };
}

/** The same predictors with the original's leaks, for the note. */
const leaking = ['end2end', 'stepwise', 'predicted_sum', 'unstructured', 'unstructured_ols'].map((predictor) => ({
  of: titleOf(predictor),
  keys: levels.map((level) => ({ predictor, level })),
}));

export const settingsTable: Output = {
  id: 'settings',
  title: 'Error by what is known of the model',
  caption:
    'Mean error in % at each level, each model held out in turn, beside what the paper prints. A line is only comparable with lines of its own setting.',
  reads: ['errors'],
  paper: ['table8', 'table9'],
  async build(context) {
    const [methods, errors] = [await context.methods(), await context.errors()];
    const paper = await printed(context);
    return {
      columns: [
        ...methodColumns,
        ...levels.map((name) => ({ name, title: levelTitle[name], unit: '%', decimals: 2 })),
        { name: 'worst_model_pct', title: 'Worst model', unit: '%', decimals: 2 },
        { name: 'worst_model', title: '', unit: '' },
      ],
      rows: methods.all.map((method) => {
        const worst = methods.worstModel(method, { level: 'model' });
        return {
          ...methodCells(method),
          ...Object.fromEntries(levels.map((level) => [level, methods.cell(method, { level }, paper(method, level))])),
          worst_model_pct: worst && methods.cell(method, { level: 'model', model: worst.model }),
          worst_model: worst && label(worst.model),
        };
      }),
      notes: [
        settingsNote,
        ...divergenceNote(
          methods,
          levels.map((level) => ({ level })),
        ),
        ...leakingNote(errors, leaking, 'ML / module / model'),
        ...absentPredictorsNote(methods),
      ],
    };
  },
};
