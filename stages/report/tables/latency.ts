/** Time comes along: latency's errors beside energy's, for the predictors that predict it. */
import { splitNames } from '../../energy/predictors/splits.js';
import { label, titleOf } from '../names.js';
import { absentPredictorsNote, levels, levelTitle, methodCells, methodColumns, type Methods } from '../methods.js';
import type { Output } from '../output.js';

const quantities = ['energy', 'latency'] as const;

/** The lines: a predictor of latency on a split. */
const lines = (methods: Methods) =>
  methods.all.flatMap((method) =>
    methods
      .splits(splitNames)
      .filter((split) => levels.some((level) => methods.row(method, { level, split, quantity: 'latency' })))
      .map((split) => ({ method, split })),
  );

export const latency: Output = {
  id: 'latency',
  title: 'Latency beside energy',
  caption:
    'Mean error in % of the predicted energy and of the predicted time of a run, for predictors that predict both.',
  reads: ['errors'],
  paper: [],
  async build(context) {
    const methods = await context.methods();
    const rows = lines(methods).map(({ method, split }) => ({
      ...methodCells(method),
      split: label(split),
      ...Object.fromEntries(
        levels.flatMap((level) =>
          quantities.map((quantity) => [`${level}_${quantity}`, methods.cell(method, { level, split, quantity })]),
        ),
      ),
    }));
    return {
      columns: [
        ...methodColumns,
        { name: 'split', title: 'Test', unit: '' },
        ...levels.flatMap((level) =>
          quantities.map((quantity) => ({
            name: `${level}_${quantity}`,
            title: `${levelTitle[level]} ${quantity}`,
            unit: '%',
            decimals: 2,
          })),
        ),
      ],
      rows,
      notes: [
        'Predictors of setting S1, and the paper’s with all features, are told the latency and predict none.',
        ...(rows.length === 0 ? [`No predictor of this run predicts latency: ${titleOf('planned')} does.`] : []),
        ...absentPredictorsNote(methods, ['children', 'composition', 'planned', 'planned_catalogue', 'planned_clock']),
      ],
    };
  },
};
