/** A prediction as the document that others script against (DESIGN 8): the answer, and the tree with the same fields. */
import { kwhPerMillion } from '../energy/prediction/cost.js';
import type { EnergyPart } from '../energy/prediction/energy_parts.js';
import type { PredictedNode, PredictedTree } from '../energy/prediction/predict_model.js';

/** Energy and cost under the names of what they are of: a GPU's joules are never called the wall's. */
function energyFigures({ wallJ }: PredictedNode, { batchSize, energy }: PredictedTree, priceUsdPerKwh: number) {
  const kwh = kwhPerMillion(wallJ, batchSize);
  const cost = kwh * priceUsdPerKwh;
  return energy === 'gpu_j'
    ? { first: { gpu_j: wallJ }, last: { gpu_kwh_per_million: kwh, gpu_cost: cost } }
    : { first: { wall_j: wallJ }, last: { kwh_per_million: kwh, cost } };
}

/** What a node and the whole model say alike; cost in USD per million inputs. */
export function figuresOf(node: PredictedNode, tree: PredictedTree, priceUsdPerKwh: number) {
  const { coverage } = tree;
  const { first, last } = energyFigures(node, tree, priceUsdPerKwh);
  return {
    ...first,
    interval_low_j: node.lowJ,
    interval_high_j: node.highJ,
    coverage: node.lowJ === null ? null : coverage,
    setting: node.setting,
    predictor: node.predictor,
    extrapolated: node.extrapolatedBy !== null,
    extrapolated_by: node.extrapolatedBy,
    latency_s: node.latencyS,
    ...last,
  };
}

const partJson =
  ({ energy }: PredictedTree) =>
  ({ name, wallJ }: EnergyPart): object => ({ name, [energy]: wallJ });

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
    parts: node.parts.map(partJson(tree)),
    self_parts: node.selfParts.map(partJson(tree)),
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
    ...(tree.energy === 'gpu_j' ? { scope: 'GPU only, not the wall' } : {}),
    ...figuresOf(tree.root, tree, priceUsdPerKwh),
    currency: 'USD',
    price_usd_per_kwh: priceUsdPerKwh,
    clock_mhz: tree.clockMhz,
    warnings: tree.warnings,
    tree: nested(tree, priceUsdPerKwh),
  };
}
