/** A predicted tree as people look at it: repeated parts as one line, so far down as wanted. */
import type { PredictedNode } from '../energy/prediction/predict_model.js';
import { energyText } from './figures.js';

/** Equal parts of a tree together: the twelve layers, the two MatMul of an attention. Joules are of all of them. */
export interface Branch {
  /** Its name in the parent; empty for layers, functions and the whole model. */
  readonly name: string;
  readonly type: string;
  readonly copies: number;
  readonly wallJ: number;
  readonly sharePct: number;
  /** Sum over what is right below them, and what they add to it, J: less than nothing where work of theirs overlaps. */
  readonly childrenJ: number;
  readonly selfJ: number;
  readonly isLeaf: boolean;
  readonly extrapolatedBy: string | null;
  readonly branches: readonly Branch[];
}

/** Less than this part of a node's energy is the rounding of sums, nothing that it adds to its children. */
const rounding = 1e-9;

const lastPart = (scope: string): string => scope.slice(scope.lastIndexOf('.') + 1);

/** A number is a place in a list; a function has its caller's scope. */
function nameOf({ scope }: PredictedNode, parent: PredictedNode | undefined): string {
  const last = lastPart(scope);
  return parent === undefined || scope === parent.scope || /^\d+$/.test(last) ? '' : last;
}

/** The tree of branches, at most `depth` levels below the model. */
export function breakdown(nodes: readonly PredictedNode[], depth = Infinity): Branch {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const children = new Map<number, PredictedNode[]>();
  for (const node of nodes.slice(1)) children.set(node.parentId!, [...(children.get(node.parentId!) ?? []), node]);
  const branchOf = (members: readonly PredictedNode[], below: number): Branch => {
    const [first] = members;
    const sum = (of: (node: PredictedNode) => number): number => members.reduce((total, node) => total + of(node), 0);
    const groups = new Map<string, PredictedNode[]>();
    for (const child of members.flatMap(({ nodeId }) => children.get(nodeId) ?? [])) {
      const key = `${nameOf(child, byId.get(child.parentId!))}:${child.type}`;
      groups.set(key, [...(groups.get(key) ?? []), child]);
    }
    const [wallJ, selfJ] = [sum((node) => node.wallJ), sum((node) => node.selfJ)];
    const name = nameOf(first, first.parentId === null ? undefined : byId.get(first.parentId));
    return {
      name: name === first.type ? '' : name,
      type: first.type,
      copies: members.length,
      wallJ,
      sharePct: sum(({ sharePct }) => sharePct),
      childrenJ: sum((node) => node.childrenJ),
      selfJ: Math.abs(selfJ) < rounding * wallJ ? 0 : selfJ,
      isLeaf: groups.size === 0,
      extrapolatedBy: members.find(({ extrapolatedBy }) => extrapolatedBy !== null)?.extrapolatedBy ?? null,
      branches: below === 0 ? [] : [...groups.values()].map((group) => branchOf(group, below - 1)),
    };
  };
  return branchOf(nodes.slice(0, 1), depth);
}

/** What a branch adds to its children, in words; empty for a primitive. */
export function ownText({ selfJ, isLeaf }: Branch): string {
  if (isLeaf) return '';
  return selfJ < 0 ? `−${energyText(-selfJ)} (overlap)` : selfJ === 0 ? '0' : energyText(selfJ);
}

/** The sum over its children; empty for a primitive. */
export const childrenText = ({ childrenJ, isLeaf }: Branch): string => (isLeaf ? '' : energyText(childrenJ));

/** Its name in the parent, its class, how often it is there. */
export const labelOf = ({ name, type, copies }: Branch): string =>
  `${name ? `${name} ` : ''}${type}${copies > 1 ? ` ×${copies}` : ''}`;
