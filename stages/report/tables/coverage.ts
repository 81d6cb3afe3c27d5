/** Whether the intervals keep their word: the share of held-out nodes that they hold, and how wide they are for it. */
import { nominalCoverage } from '../../energy/predictors/intervals.js';
import { splitNames } from '../../energy/predictors/splits.js';
import {
  absentPredictorsNote,
  divergesFromPct,
  levels,
  levelTitle,
  methodCells,
  methodColumns,
  type Method,
} from '../methods.js';
import { label, titleOf } from '../names.js';
import type { Output } from '../output.js';
import { queryRows } from '../query_rows.js';

const nominalPct = 100 * nominalCoverage;

interface Coverage extends Omit<Method, 'setting'> {
  split: string;
  level: string;
  nodes: number;
  covered_pct: number;
  half_width_pct: number;
  extrapolated_pct: number;
}

const widthOf = (row: Coverage | undefined): number | string | null => {
  if (!row) return null;
  return row.half_width_pct <= divergesFromPct ? row.half_width_pct : 'diverges';
};

const keyOf = ({ predictor, features, variant }: Omit<Method, 'setting'>, split: string): string =>
  [predictor, features, variant, split].join('\n');

export const coverage: Output = {
  id: 'coverage',
  title: 'Coverage of the intervals',
  caption: (origin) =>
    `Share of the held-out nodes in % whose ${origin} energy lies within the interval made for ${nominalPct} % of them, with half the interval’s mean width in % of the prediction, and the share of the predictions that lie beyond what the predictor was fitted on.`,
  reads: ['predictions', 'errors'],
  paper: [],
  async build(context) {
    const found = await queryRows<Coverage>(context.database, new URL('./coverage.sql', import.meta.url));
    const methods = await context.methods();
    const of = new Map<string, Map<string, Coverage>>();
    for (const row of found) {
      const key = keyOf(row, row.split);
      of.set(key, (of.get(key) ?? new Map<string, Coverage>()).set(row.level, row));
    }
    const rows = splitNames.flatMap((split) =>
      methods.all.flatMap((method) => {
        const byLevel = of.get(keyOf(method, split));
        if (!byLevel) return [];
        const some = [...byLevel.values()];
        const nodes = some.reduce((sum, row) => sum + row.nodes, 0);
        return [
          {
            ...methodCells(method),
            split: label(split, titleOf(split)),
            ...Object.fromEntries(
              levels.flatMap((level) => [
                [`${level}_covered`, byLevel.get(level)?.covered_pct ?? null],
                [`${level}_half_width`, widthOf(byLevel.get(level))],
              ]),
            ),
            extrapolated: some.reduce((sum, row) => sum + row.nodes * row.extrapolated_pct, 0) / nodes,
          },
        ];
      }),
    );
    return {
      columns: [
        ...methodColumns,
        { name: 'split', title: 'Test', unit: '' },
        ...levels.flatMap((level) => [
          { name: `${level}_covered`, title: `${levelTitle[level]} covered`, unit: '%', decimals: 1 },
          { name: `${level}_half_width`, title: '± width', unit: '%', decimals: 2 },
        ]),
        { name: 'extrapolated', title: 'Extrapolated', unit: '%', decimals: 1 },
      ],
      rows,
      notes: [
        'An interval comes from holding out, within the training data, what is like the test: models, batch sizes, lengths or larger inputs (split-conformal, each held-out group weighing alike). Nothing of what is predicted reaches its own interval, and one that is extrapolated is wider.',
        ...(rows.length === 0 ? ['The predictions of this run carry no intervals.'] : []),
        ...absentPredictorsNote(methods),
      ],
    };
  },
};
