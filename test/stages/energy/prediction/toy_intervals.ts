/** Predictions of the toy bench with intervals of a given width, for tests of what is made of them. */
import {
  describeModel,
  modelOfSizes,
  type DescribedModel,
} from '../../../../stages/energy/prediction/described_model.js';
import type { Compared } from '../../../../stages/energy/prediction/difference.js';
import { parsePatch, patched } from '../../../../stages/energy/prediction/patch.js';
import { predictModel, type PredictedTree } from '../../../../stages/energy/prediction/predict_model.js';
import { toyBench } from './toy_bench.js';

export const workload = { batchSize: 8, length: 32 };

export function withIntervals(tree: PredictedTree, pct: number): PredictedTree {
  const nodes = tree.nodes.map((node) => ({
    ...node,
    lowJ: node.wallJ * (1 - pct / 100),
    highJ: node.wallJ * (1 + pct / 100),
  }));
  return { ...tree, nodes, root: nodes[0], coverage: 0.9 };
}

/** What a model takes on the toy bench, with intervals of ± some percent, or none. */
export async function toyPrediction(
  model: string | DescribedModel,
  { pct = 3, batchSize = workload.batchSize, length = workload.length }: { pct?: number | null; batchSize?: number; length?: number } = {}, // prettier-ignore
): Promise<Compared> {
  const described = typeof model === 'string' ? await describeModel(model) : model;
  const tree = await predictModel(toyBench(), described, { batchSize, length });
  return { tree: pct === null ? tree : withIntervals(tree, pct), nodes: described.tree({ batchSize, length }) };
}

/** A model as `what-if --set …` makes it. */
export async function changed(model: string, ...words: string[]): Promise<DescribedModel> {
  const { sizes } = await describeModel(model);
  return modelOfSizes(patched(sizes!, parsePatch(words, sizes!)));
}
