/** Which nodes of a tree a bench measures: all, or those of some classes and names (`trace.measure`). */
import type { TreeNode } from './build.js';

type Named = Pick<TreeNode, 'type' | 'scope'>;

/** What `trace.measure` may call a node: its class, and its own name in the model. */
export const namesOf = ({ type, scope }: Named): string[] => [type, scope.split('.').at(-1)!];

/** Absent: every node is. */
export const isMeasured = (node: Named, measure: readonly string[] | undefined): boolean =>
  measure === undefined || namesOf(node).some((name) => measure.includes(name));
