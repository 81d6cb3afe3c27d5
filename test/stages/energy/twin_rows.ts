/** Trees as the twin takes them, without the stage that writes them. */
import type { Cell } from '../../../stages/energy/benches/bench.js';
import { partOf } from '../../../stages/energy/benches/cells.js';
import type { TwinNode, TwinOperator } from '../../../stages/energy/benches/twin.js';
import { measurementId } from '../../../stages/energy/benches/bench.js';
import { buildTree, type TreeNode } from '../../../stages/energy/tree/build.js';
import { Library } from '../../../stages/energy/tree/library.js';
import { shapesText, shapeText } from '../../../stages/energy/tree/tensor.js';

/** The paper's six models in training order, and its grid. */
export const paperModels = [
  'bert-base-uncased',
  'distilbert-base-uncased',
  'roberta-base',
  'distilgpt2',
  'openai-gpt',
  'gpt2',
];
export const paperBatchSizes = [8, 16, 24, 32];
export const paperLengths = [32, 64, 96, 128, 160, 192, 224, 256];

export function twinOperators(node: TreeNode, batch_size: number, length: number): TwinOperator[] {
  return node.operators.map(({ operator, inputs, output, movedBytes, kernels }) => ({
    batch_size,
    length,
    node_id: node.id,
    operator,
    inputs: shapesText(inputs),
    output: shapeText(output),
    dtype: output.dtype,
    moved_bytes: movedBytes,
    kernels,
  }));
}

export interface CountedNode extends TwinNode {
  readonly flops: number;
  readonly mem_bytes: number;
}

/** The rows of a model's cells; a cell that lacks a part of the tree has nodes without parents. */
export function twinRows(model: string, cells: readonly Cell[]): { nodes: CountedNode[]; operators: TwinOperator[] } {
  const nodes: CountedNode[] = [];
  const operators: TwinOperator[] = [];
  for (const { batch_size, length, parts } of cells) {
    const tree = buildTree(new Library().model(model), { batchSize: batch_size, length });
    const present = tree.filter(({ level, type }) => parts.includes(partOf(level, type)));
    for (const node of present) {
      const { id: node_id, type, level, flops, memBytes: mem_bytes } = node;
      const parent_id = present.length === tree.length ? node.parent : null;
      const measurement_id = measurementId(model, batch_size, length, type, flops, mem_bytes);
      nodes.push({ batch_size, length, node_id, parent_id, type, level, measurement_id, flops, mem_bytes });
      operators.push(...twinOperators(node, batch_size, length));
    }
  }
  return { nodes, operators };
}
