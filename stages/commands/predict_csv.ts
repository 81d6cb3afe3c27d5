/** Predictions as CSV, one row a node (RFC 4180). */
import { noFormula } from '../report/render/csv.js';
import type { PredictedTree } from '../energy/prediction/predict_model.js';
import { energyKeys } from './energy_keys.js';
import { figuresOf } from './predict_json.js';

function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? noFormula(value) : String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function predictCsv(trees: readonly PredictedTree[], priceUsdPerKwh: number): string {
  const rows = trees.flatMap((tree) =>
    tree.nodes.map((node) =>
      energyKeys(tree, {
        model: tree.model,
        batch_size: tree.batchSize,
        length: tree.length,
        bench: tree.bench,
        node_id: node.nodeId,
        parent_id: node.parentId,
        scope: node.scope,
        type: node.type,
        level: node.level,
        ...figuresOf(node, tree, priceUsdPerKwh),
        share_pct: node.sharePct,
        children_j: node.childrenJ,
        self_j: node.selfJ,
      }),
    ),
  );
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row).map(field))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}
