/** A traced tree beside the declared one: in what they differ, node by node. */
import type { TreeNode } from '../../stages/energy/tree/build.js';
import { shapesText, shapeText } from '../../stages/energy/tree/tensor.js';

/** The rows of one workload, as the tracer writes them. */
export interface TracedNode {
  readonly batch_size: number;
  readonly length: number;
  readonly node_id: number;
  readonly parent_id: number | null;
  readonly scope: string;
  readonly type: string;
  readonly level: string;
  readonly depth: number;
  readonly num_parameters: number;
  readonly shapes: string;
  readonly flops: number;
  readonly mem_bytes: number;
  readonly signature: string;
}

export interface TracedOperator {
  readonly batch_size: number;
  readonly length: number;
  readonly node_id: number;
  readonly operator: string;
  readonly inputs: string;
  readonly output: string;
  readonly dtype: string;
  readonly flops: number;
  readonly mem_bytes: number;
  readonly moved_bytes: number;
  readonly kernels: number;
}

export interface TracedDocument {
  readonly model: string;
  readonly traced: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly nodes: readonly TracedNode[];
  readonly operators: readonly TracedOperator[];
}

/** Everything that a declared node says but its signature, as the tracer writes it. */
export const declaredRow = (node: TreeNode): Omit<TracedNode, 'batch_size' | 'length' | 'signature'> => ({
  node_id: node.id,
  parent_id: node.parent,
  scope: node.scope,
  type: node.type,
  level: node.level,
  depth: node.depth,
  num_parameters: node.parameters,
  shapes: shapesText(node.inputs),
  flops: node.flops,
  mem_bytes: node.memBytes,
});

export const declaredOperators = (node: TreeNode): Omit<TracedOperator, 'batch_size' | 'length' | 'node_id'>[] =>
  node.operators.map(({ operator, inputs, output, flops, memBytes, movedBytes, kernels }) => ({
    operator,
    inputs: shapesText(inputs),
    output: shapeText(output),
    dtype: output.dtype,
    flops,
    mem_bytes: memBytes,
    moved_bytes: movedBytes,
    kernels,
  }));

/** For each node the first node with the same signature: equal lists mean that the same nodes are taken as one work. */
export const firstAlike = (signatures: readonly string[]): number[] =>
  signatures.map((signature) => signatures.indexOf(signature));

/** What a node is called by both: its scope; functions of one scope by their order too. */
function keys(nodes: readonly { readonly scope: string; readonly type: string; readonly level: string }[]): string[] {
  const seen = new Map<string, number>();
  return nodes.map(({ scope, type, level }) => {
    const name = level === 'ml' && ['MatMul', 'Softmax'].includes(type) ? `${scope}:${type}` : scope;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return `${name}#${before}`;
  });
}

/** Arithmetic on shapes is told from the kernel of the same name. */
const operatorName = ({ operator, output }: { readonly operator: string; readonly output: string }): string =>
  output === '()' ? `${operator}()` : operator;

/** A line for each kind of difference, `TYPE ×nodes: what`, sorted; there is none for nodes whose own work is equal. */
export function differences(
  declared: readonly TreeNode[],
  traced: readonly TracedNode[],
  operators: readonly TracedOperator[],
): string[] {
  const found = new Map<string, number>();
  const tell = ({ type }: { readonly type: string }, what: string): void => {
    found.set(`${type} ${what}`, (found.get(`${type} ${what}`) ?? 0) + 1);
  };
  const tracedKeys = keys(traced);
  const byKey = new Map(tracedKeys.map((key, i) => [key, traced[i]]));
  const declaredKeys = keys(declared);
  declared.forEach((node, i) => {
    const other = byKey.get(declaredKeys[i]);
    if (!other) return tell(node, 'is not there');
    if (other.type !== node.type) tell(node, `is called ${other.type}`);
    if (other.num_parameters !== node.parameters) tell(node, `has ${other.num_parameters} parameters`);
    if (other.level !== node.level) tell(node, `is of level ${other.level}`);
    const [here, there] = [shapesText(node.inputs), other.shapes];
    if (here !== there) tell(node, `takes ${there} in place of ${here}`);
    const own = operators.filter(({ node_id }) => node_id === other.node_id).map(operatorName);
    const declaredOwn = declaredOperators(node).map(operatorName);
    const [less, more] = [without(declaredOwn, own), without(own, declaredOwn)];
    if (less.length > 0) tell(node, `lacks ${less.join(' ')}`);
    if (more.length > 0) tell(node, `adds ${more.join(' ')}`);
  });
  traced.forEach((node, i) => {
    if (!declaredKeys.includes(tracedKeys[i])) tell(node, 'is a node of its own');
  });
  return [...found].map(([text, nodes]) => text.replace(' ', ` ×${nodes}: `)).sort();
}

/** The items of a list that remain when those of another are struck out, each once. */
function without(list: readonly string[], struck: readonly string[]): string[] {
  const rest = [...struck];
  return list.filter((item) => {
    const at = rest.indexOf(item);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
