/** Table 9: other ways to add up a tree. */
import { byMachine } from '../by_machine.js';
import type { Errors } from '../errors_lookup.js';
import { beyondMark, beyondPaper, label, titleOf } from '../names.js';
import { cleanNote, plainMeansNote, seedsNote } from '../notes.js';
import type { Output } from '../output.js';
import { paperNumber } from '../paper.js';
import { compared } from '../table_json.js';

const predictors = ['end2end', 'stepwise', 'predicted_sum', 'unstructured', 'unstructured_ols'] as const;
const levels = [
  { name: 'module', title: 'Module' },
  { name: 'model', title: 'Model' },
] as const;

const order = 'module / model';

const groups = predictors.map((predictor) => ({
  of: titleOf(predictor),
  keys: levels.map(({ name }) => ({ level: name, predictor })),
}));

function unstructuredNote(errors: Errors): string[] {
  const row = errors.row({ level: 'module', predictor: 'unstructured' });
  const closed = errors.of({ level: 'module', predictor: 'unstructured_ols' });
  if (!row) return [];
  const solved =
    typeof closed === 'number'
      ? ` Solved in closed form instead (${beyondMark}, not in the paper) the same features give ${closed.toFixed(2)} %.`
      : '';
  return [
    `Unstructured as published is not reproducible: after its eight epochs the optimiser has not converged, and one seed’s module error here ranges from ${row.seed_min_pct.toFixed(0)} to ${row.seed_max_pct.toFixed(0)} %.${solved} What it shows is the optimiser, not the lack of a tree.`,
  ];
}

export const table9: Output = {
  id: 'table9',
  title: 'Table 9: errors of other regressors',
  caption:
    'Mean error at module and model level for other ways to go from primitives to the model, each model held out in turn.',
  reads: ['errors'],
  paper: ['table9'],
  async build(context) {
    const [paper, errors] = await Promise.all([context.paper('table9'), context.errors()]);
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'predictor', title: 'Regressor', unit: '' },
        ...levels.map((level) => ({ ...level, unit: '%', decimals: 2 })),
      ],
      rows: byMachine(
        context,
        (machine, mine) =>
          predictors
            .filter((predictor) => mine || predictor !== 'unstructured_ols')
            .map((predictor) => ({
              machine,
              predictor: predictor === 'unstructured_ols' ? beyondPaper(predictor) : label(predictor),
              ...Object.fromEntries(
                levels.map(({ name }) => [
                  name,
                  compared(
                    paperNumber(paper, { machine: machine.key, predictor }, name),
                    mine ? errors.of({ level: name, predictor }) : null,
                  ),
                ]),
              ),
            })),
        ['PC1'],
      ),
      notes: [
        ...unstructuredNote(errors),
        ...seedsNote(errors, groups, order),
        ...cleanNote(errors, groups, order),
        ...plainMeansNote(errors, groups, order),
        'The α of equation 3 lies within 1 ± 1/τ, 0.9 to 1.1 with τ = 10; “1 ± τ” in the paper’s text is a slip.',
      ],
    };
  },
};
