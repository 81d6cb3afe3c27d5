/** The trees that the icicle shows: every node of every model at one workload, as compact as JSON allows. */
import { modelsWith, titleOf } from '../names.js';
import type { ReportContext, Workload } from '../output.js';
import { queryRows } from '../query_rows.js';

interface Node {
  model: string;
  node_id: number;
  parent_id: number | null;
  scope: string;
  type: string;
  level: string;
  wall_j: number;
  wall_sd_j: number;
  predicted_j: number | null;
  alpha: number | null;
}

/** Six digits are more than a measurement deserves. */
const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(6)));

interface Tree {
  readonly name: string;
  readonly title: string;
  /** Position of the parent (−1 for the root), type, name, joules and deviation, predicted joules, α. */
  readonly nodes: readonly (readonly [number, string, string, number, number | null, number | null, number | null])[];
}

function tree(model: string, nodes: readonly Node[]): Tree {
  const position = new Map(nodes.map((node, i) => [node.node_id, i]));
  return {
    name: model,
    title: titleOf(model),
    nodes: nodes.map((node) => [
      node.parent_id === null ? -1 : (position.get(node.parent_id) ?? -1),
      node.type,
      node.scope,
      rounded(node.wall_j)!,
      rounded(node.wall_sd_j),
      rounded(node.predicted_j),
      rounded(node.alpha),
    ]),
  };
}

export async function readTrees(report: ReportContext, workload: Workload): Promise<Tree[]> {
  const nodes = await queryRows<Node>(report.database, new URL('./trees.sql', import.meta.url), { ...workload });
  const byModel = new Map<string, Node[]>();
  for (const node of nodes) {
    const own = byModel.get(node.model);
    if (own) own.push(node);
    else byModel.set(node.model, [node]);
  }
  return modelsWith(byModel.keys()).flatMap((model) => (byModel.has(model) ? [tree(model, byModel.get(model)!)] : []));
}

/** JSON that may stand inside a script element: no `<` can end it. */
export const jsonForScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
