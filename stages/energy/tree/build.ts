/**
 * A model's tree for one workload, from shapes alone. What a module computes is worked out once, however often the
 * module occurs, and then placed at every position. ModuleList and Dropout are no nodes; a function (MatMul, Softmax)
 * is a leaf that bears its caller's path.
 */
import { UsageError } from '../../../pipeline/errors.js';
import { compute, type Computation } from './compute.js';
import type { Model } from './library.js';

export interface Workload {
  readonly batchSize: number;
  readonly length: number;
}

export interface TreeNode extends Omit<Computation, 'children'> {
  /** Position in depth-first order, 0 for the root. */
  readonly id: number;
  /** The parent's id; null for the root. */
  readonly parent: number | null;
  /** Name as PyTorch has it, `encoder.layer.0.output`; the same as its caller's for a function. */
  readonly path: string;
  /** The same without the names of ModuleLists, `encoder.0.output`. */
  readonly scope: string;
  /** 1 for the root. */
  readonly depth: number;
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('.');

/** Forty times the largest published model (126 layers); what has more is a slip of the pen, and would fill the memory. */
const mostNodes = 100_000;

/** How many nodes a computation stands for. */
const nodesIn = ({ children }: Computation): number =>
  1 + children.reduce((sum, { times, computation }) => sum + (times ?? 1) * nodesIn(computation), 0);

function computed(model: Model, { batchSize, length }: Workload): Computation {
  const root = compute(model, batchSize, length);
  const count = nodesIn(root);
  if (count <= mostNodes) return root;
  throw new UsageError(`${model.name} has ${count} nodes: at most ${mostNodes} can be told apart`, 'are its layers as many as meant?'); // prettier-ignore
}

/**
 * The nodes in depth-first order, children in order of execution, the root first. Throws a UsageError where there are too
 * many.
 */
export function buildTree(model: Model, workload: Workload): TreeNode[] {
  const nodes: TreeNode[] = [];
  const place = (computation: Computation, parent: TreeNode | null, path: string, scope: string): void => {
    const depth = parent ? parent.depth + 1 : 1;
    const { children, type, level, parameters, inputs, flops, memBytes, signature, operators } = computation;
    // Named one by one: spreading a computation is slow, and there are tens of thousands of nodes.
    const node: TreeNode = {
      id: nodes.length,
      parent: parent?.id ?? null,
      path,
      scope,
      depth,
      type,
      level,
      parameters,
      inputs,
      flops,
      memBytes,
      signature,
      operators,
    };
    nodes.push(node);
    for (const { name, times, computation: child } of children) {
      if (times === null) place(child, node, join(path, name), join(scope, name));
      else for (let i = 0; i < times; i++) place(child, node, join(path, name, String(i)), join(scope, String(i)));
    }
  };
  place(computed(model, workload), null, '', '');
  return nodes;
}
