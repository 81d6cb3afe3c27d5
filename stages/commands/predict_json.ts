/** A prediction as the document that others script against (DESIGN 8): the answer, and the tree with the same fields. */
import { kwhPerMillion } from '../energy/prediction/cost.js';
import type { EnergyPart } from '../energy/prediction/energy_parts.js';
import type { PredictedNode, PredictedTree } from '../energy/prediction/predict_model.js';

/** What a node and the whole model say alike, under the wall's names: whoever writes it gives it to `energyKeys`. */
export function figuresOf(node: PredictedNode, { batchSize, coverage }: PredictedTree, priceUsdPerKwh: number) {
  const kwh_per_million = kwhPerMillion(node.wallJ, batchSize);
  return {
    wall_j: node.wallJ,
    interval_low_j: node.lowJ,
    interval_high_j: node.highJ,
    coverage: node.lowJ === null ? null : coverage,
    setting: node.setting,
    predictor: node.predictor,
    extrapolated: node.extrapolatedBy !== null,
    extrapolated_by: node.extrapolatedBy,
    latency_s: node.latencyS,
    kwh_per_million,
    /** USD per million inputs. */
    cost: kwh_per_million * priceUsdPerKwh,
  };
}

const partJson = ({ name, wallJ }: EnergyPart): object => ({ name, wall_j: wallJ });

function nested(tree: PredictedTree, price: number): object {
  const children = new Map<number | null, PredictedNode[]>();
  for (const node of tree.nodes) children.set(node.parentId, [...(children.get(node.parentId) ?? []), node]);
  const document = (node: PredictedNode): object => ({
    node_id: node.nodeId,
    scope: node.scope,
    type: node.type,
    level: node.level,
    ...figuresOf(node, tree, price),
    share_pct: node.sharePct,
    children_j: node.childrenJ,
    self_j: node.selfJ,
    parts: node.parts.map(partJson),
    self_parts: node.selfParts.map(partJson),
    children: (children.get(node.nodeId) ?? []).map(document),
  });
  return document(tree.root);
}

export function predictJson(tree: PredictedTree, priceUsdPerKwh: number): object {
  return {
    model: tree.model,
    batch_size: tree.batchSize,
    length: tree.length,
    bench: tree.bench,
    source: tree.source,
    ...figuresOf(tree.root, tree, priceUsdPerKwh),
    currency: 'USD',
    price_usd_per_kwh: priceUsdPerKwh,
    clock_mhz: tree.clockMhz,
    warnings: tree.warnings,
    tree: nested(tree, priceUsdPerKwh),
  };
}
