/** Predictions for one input instead of a batch: what batches of different sizes are compared by. */
import type { Compared } from './difference.js';
import type { PredictedNode, PredictedTree } from './predict_model.js';

function treePerInput(tree: PredictedTree): PredictedTree {
  const part = (valueJ: number): number => valueJ / tree.batchSize;
  const partOrNull = (valueJ: number | null): number | null => (valueJ === null ? null : part(valueJ));
  const nodes = tree.nodes.map((node): PredictedNode => ({
    ...node,
    wallJ: part(node.wallJ),
    lowJ: partOrNull(node.lowJ),
    highJ: partOrNull(node.highJ),
    childrenJ: part(node.childrenJ),
    selfJ: part(node.selfJ),
    parts: node.parts.map(({ name, wallJ }) => ({ name, wallJ: part(wallJ) })),
  }));
  return { ...tree, nodes, root: nodes[0] };
}

/** What the energies of some predictions are of: a batch where all have the same, else one input. */
export type Per = 'batch' | 'input';

export const perOf = (all: readonly Compared[]): Per =>
  new Set(all.map(({ tree }) => tree.batchSize)).size <= 1 ? 'batch' : 'input';

/** The prediction with energies of what is compared; latency stays that of a batch. */
export const energiesPer = (per: Per, of: Compared): Compared =>
  per === 'batch' ? of : { ...of, tree: treePerInput(of.tree) };
