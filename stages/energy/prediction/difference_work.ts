/**
 * What two predicted trees have in common: nodes that run the same operators on the same shapes, children included, are
 * the same work, whatever the model that they are part of.
 */
import type { ModelNode } from './model_node.js';
import type { PredictedNode } from './predict_model.js';

export interface TreeWork {
  /** For each node, a number that nodes of equal work share, in all trees numbered together. */
  readonly whole: Int32Array;
  /** The same for what the node runs itself, without its children. */
  readonly own: Int32Array;
}

/** Numbers the work of some trees, each depth first with the root first. */
export function numberWork(trees: readonly (readonly ModelNode[])[]): TreeWork[] {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const found = numbers.get(text) ?? numbers.size;
    numbers.set(text, found);
    return found;
  };
  return trees.map((nodes) => {
    const whole = new Int32Array(nodes.length);
    const own = new Int32Array(nodes.length);
    const position = new Map(nodes.map(({ id }, i) => [id, i]));
    const below: number[][] = nodes.map(() => []);
    for (let i = nodes.length - 1; i >= 0; i--) {
      const { level, signature, operators, parent } = nodes[i];
      const text = operators.map((one) => `${one.operator}${one.inputs}->${one.output}:${one.dtype}`).join(' ');
      own[i] = numberOf(level === 'ml' ? `primitive ${signature}` : `module ${text}`);
      whole[i] = level === 'ml' ? own[i] : numberOf(`tree ${own[i]}: ${below[i].sort((a, b) => a - b).join(' ')}`);
      if (parent !== null) below[position.get(parent)!].push(whole[i]);
    }
    return { whole, own };
  });
}

/** For each node of a tree the positions of its children. */
export function childrenOf(nodes: readonly PredictedNode[]): number[][] {
  const position = new Map(nodes.map(({ nodeId }, i) => [nodeId, i]));
  const children: number[][] = nodes.map(() => []);
  nodes.forEach(({ parentId }, i) => parentId !== null && children[position.get(parentId)!].push(i));
  return children;
}
