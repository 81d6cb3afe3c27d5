/** A node of a model that is to be predicted, wherever its tree comes from: shapes, a PyTorch trace. */
import type { TreeNode } from '../tree/build.js';
import { shapesText, shapeText } from '../tree/tensor.js';
import type { Operator } from '../predictors/launch_queue/work.js';
import type { Level } from '../predictors/forest.js';

export interface ModelNode {
  /** Position in depth-first order, the root first. */
  readonly id: number;
  /** The parent's id; null for the root. */
  readonly parent: number | null;
  /** Name as PyTorch has it, `encoder.layer.0.output`; a function has its caller's. */
  readonly path: string;
  /** The same without the names of ModuleLists. */
  readonly scope: string;
  readonly type: string;
  readonly level: Level;
  readonly parameters: number;
  readonly flops: number;
  readonly memBytes: number;
  /** The true computation: equal ones are equal work. */
  readonly signature: string;
  /** What the node runs itself, in order. */
  readonly operators: readonly Operator[];
}

/** The operators of nodes that are one computation are one list. */
const known = new WeakMap<TreeNode['operators'], readonly Operator[]>();

function operatorsOf({ operators }: TreeNode): readonly Operator[] {
  let rows = known.get(operators);
  if (!rows) {
    rows = operators.map(({ operator, inputs, output, movedBytes, kernels }) => ({
      operator,
      inputs: shapesText(inputs),
      output: shapeText(output),
      dtype: output.dtype,
      moved_bytes: movedBytes,
      kernels,
    }));
    known.set(operators, rows);
  }
  return rows;
}

/** A node of a tree that was built from shapes. */
export const modelNode = (node: TreeNode): ModelNode => ({
  id: node.id,
  parent: node.parent,
  path: node.path,
  scope: node.scope,
  type: node.type,
  level: node.level,
  parameters: node.parameters,
  flops: node.flops,
  memBytes: node.memBytes,
  signature: node.signature,
  operators: operatorsOf(node),
});
