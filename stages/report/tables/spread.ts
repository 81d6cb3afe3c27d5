/** How the errors of each predictor are spread: half of the nodes, nearly all of them, the worst one. */
import { label } from '../names.js';
import {
  absentPredictorsNote,
  divergenceNote,
  diverges,
  levels,
  levelTitle,
  methodCells,
  methodColumns,
  settingAt,
} from '../methods.js';
import type { Output } from '../output.js';

export const spread: Output = {
  id: 'spread',
  title: 'Spread of the errors',
  caption:
    'Error in % over all nodes of a level, each model held out in turn: mean, median, 95th percentile, the worst node, and the mean of the model that is worst off.',
  reads: ['errors'],
  paper: [],
  async build(context) {
    const methods = await context.methods();
    const rows = levels.flatMap((level) =>
      methods.all.flatMap((method) => {
        const row = methods.row(method, { level });
        if (!row) return [];
        const worst = methods.worstModel(method, { level });
        const known = (value: number): number | string => (diverges(row) ? 'diverges' : value);
        return [
          {
            ...methodCells(settingAt(method, row.setting)),
            level: label(level, levelTitle[level]),
            nodes: row.n,
            mean: methods.cell(method, { level }),
            p50: known(row.p50_pct),
            p95: known(row.p95_pct),
            max: known(row.max_pct),
            worst_model_pct: worst && methods.cell(method, { level, model: worst.model }),
            worst_model: worst && label(worst.model),
          },
        ];
      }),
    );
    const number = (name: string, title: string) => ({ name, title, unit: '%', decimals: 2 });
    return {
      columns: [
        ...methodColumns,
        { name: 'level', title: 'Level', unit: '' },
        { name: 'nodes', title: 'Nodes', unit: '' },
        number('mean', 'Mean'),
        number('p50', 'Median'),
        number('p95', '95th percentile'),
        number('max', 'Worst node'),
        number('worst_model_pct', 'Worst model'),
        { name: 'worst_model', title: '', unit: '' },
      ],
      rows,
      notes: [
        'Where something is random, median, 95th percentile and worst are of each node’s error averaged over seeds. The paper’s predictors share their regressors of primitives: their ML lines are equal.',
        ...divergenceNote(
          methods,
          levels.map((level) => ({ level })),
        ),
        ...absentPredictorsNote(methods),
      ],
    };
  },
};
