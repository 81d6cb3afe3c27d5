/** The trees of a model that PyTorch traces, in the form that declared ones have. */
import type { Cell } from '../energy/benches/bench.js';
import { groupBy } from '../energy/group_by.js';
import type { TreeNode } from '../energy/tree/build.js';
import type { DataType, Tensor } from '../energy/tree/tensor.js';
import { tracedSchema, type TracedDocument } from '../energy/tree/traced_document.js';
import { traceWithTorch } from '../energy/tree/torch_tracer.js';

type NodeRow = TracedDocument['nodes'][number];
type OperatorRow = TracedDocument['operators'][number];

const keyOf = ({ batch_size, length }: { readonly batch_size: number; readonly length: number }): string =>
  `${batch_size} ${length}`;

const distinct = (values: readonly number[]): number[] => [...new Set(values)];

/** A tree for each cell. Throws a UsageError where there is no such model, an UnavailableError without PyTorch. */
export async function torchTrees(
  { torch, name }: { readonly torch: string; readonly name: string },
  cells: readonly Pick<Cell, 'batch_size' | 'length'>[],
  signal: AbortSignal,
): Promise<TreeNode[][]> {
  const batchSizes = distinct(cells.map(({ batch_size }) => batch_size));
  const lengths = distinct(cells.map(({ length }) => length));
  const text = await traceWithTorch({ model: torch, name, batchSizes, lengths }, signal);
  const document = tracedSchema.parse(JSON.parse(text));
  const nodes = groupBy(document.nodes, keyOf);
  const operators = groupBy(document.operators, keyOf);
  return cells.map((cell) => treeOf(nodes.get(keyOf(cell))!, operators.get(keyOf(cell)) ?? []));
}

function treeOf(nodes: readonly NodeRow[], operators: readonly OperatorRow[]): TreeNode[] {
  const own = groupBy(operators, ({ node_id }) => node_id);
  return nodes.map((row) => ({
    id: row.node_id,
    parent: row.parent_id,
    path: row.scope,
    scope: row.scope,
    depth: row.depth,
    type: row.type,
    level: row.level,
    parameters: row.num_parameters,
    inputs: tensors(row.shapes),
    flops: row.flops,
    memBytes: row.mem_bytes,
    signature: row.signature,
    operators: (own.get(row.node_id) ?? []).map((operator) => ({
      operator: operator.operator,
      inputs: tensors(operator.inputs),
      output: tensors(operator.output, operator.dtype)[0],
      flops: operator.flops,
      memBytes: operator.mem_bytes,
      movedBytes: operator.moved_bytes,
      kernels: operator.kernels,
    })),
  }));
}

/** `(8,32,768)(768)` as tensors, of a type that is not known unless it is said. */
const tensors = (shapes: string, dtype = 'float32'): Tensor[] =>
  Array.from(shapes.matchAll(/\(([^)]*)\)/g), ([, sizes]) => ({
    sizes: sizes === '' ? [] : sizes.split(',').map(Number),
    dtype: dtype as DataType,
  }));
