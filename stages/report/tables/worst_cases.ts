/** Where each predictor fails, by name: the nodes whose prediction is farthest off. */
import { capitalized } from '../../energy/benches/origin.js';
import { absentPredictorsNote, levelTitle, methodCells, methodColumns, type Level } from '../methods.js';
import { label } from '../names.js';
import type { Output } from '../output.js';
import { queryRows } from '../query_rows.js';

/** Cases of a predictor and level. */
const cases = 5;

const shown: readonly Level[] = ['model', 'module'];

/** Ours, and of the paper's the one it is known for. */
const wanted = ['law', 'children', 'composition', 'planned', 'planned_catalogue', 'end2end'];

interface Case {
  predictor: string;
  level: string;
  model: string;
  batch_size: number;
  length: number;
  scope: string;
  type: string;
  nodes: number;
  wall_j: number;
  predicted_j: number;
  error_pct: number;
  /** Why the prediction goes beyond what the predictor was fitted on; null where it does not. */
  extrapolated_by: string | null;
}

export const worstCases: Output = {
  id: 'worst_cases',
  title: 'Worst cases by name',
  caption: `The ${cases} whole models and the ${cases} modules that each predictor is farthest off on, each model held out in turn (seeds averaged). Like nodes of one model are one case.`,
  reads: ['features', 'predictions', 'errors'],
  paper: [],
  async build(context) {
    const found = await queryRows<Case>(context.database, new URL('./worst_cases.sql', import.meta.url), {
      predictors: wanted.join(','),
      cases,
    });
    const methods = await context.methods();
    const rows = methods.all
      .filter(({ features, predictor }) => features === 'all' && wanted.includes(predictor))
      .flatMap((method) => {
        const cells = methodCells(method);
        return shown.flatMap((level) =>
          found
            .filter((row) => row.predictor === method.predictor && row.level === level)
            .map((row) => ({
              setting: cells.setting,
              predictor: cells.predictor,
              level: label(level, levelTitle[level]),
              model: label(row.model),
              batch_size: row.batch_size,
              length: row.length,
              node: row.scope ? `${row.scope}:${row.type}` : row.type,
              nodes: row.nodes,
              wall_j: row.wall_j,
              predicted_j: row.predicted_j,
              error: row.error_pct,
              extrapolated_by: row.extrapolated_by,
            })),
        );
      });
    return {
      columns: [
        ...methodColumns.slice(0, 2), // all of them on all features
        { name: 'level', title: 'Level', unit: '' },
        { name: 'model', title: 'Model', unit: '' },
        { name: 'batch_size', title: 'Batch', unit: '' },
        { name: 'length', title: 'Length', unit: '' },
        { name: 'node', title: 'Node', unit: '' },
        { name: 'nodes', title: 'Like it', unit: '' },
        { name: 'wall_j', title: capitalized(context.origin), unit: 'J' },
        { name: 'predicted_j', title: 'Predicted', unit: 'J' },
        { name: 'error', title: 'Off by', unit: '%', decimals: 1 },
        { name: 'extrapolated_by', title: 'Extrapolated by', unit: '' },
      ],
      rows,
      notes: [
        `A ${context.origin} value has its own scatter: small nodes are bound by launches and vary most from run to run.`,
        ...absentPredictorsNote(methods, wanted),
      ],
    };
  },
};
