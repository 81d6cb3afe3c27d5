/** The nodes of a predicted tree: what is known of each, the sum over its children beside it. */
import type { Forest, Level } from '../predictors/forest.js';
import type { Setting } from '../predictors/predictor.js';
import type { ClassPredictions } from './class_predictions.js';
import type { EnergyPart } from './energy_parts.js';
import type { ModelNode } from './model_node.js';

export interface PredictedNode {
  readonly nodeId: number;
  readonly parentId: number | null;
  readonly scope: string;
  readonly type: string;
  readonly level: Level;
  /** Equal nodes of the tree have equal numbers here: the twelve layers of BERT. */
  readonly alike: number;
  /** Energy of one run (of what the tree's `energy` says) with its interval, J; the interval is null where the bench has none. */
  readonly wallJ: number;
  readonly lowJ: number | null;
  readonly highJ: number | null;
  readonly latencyS: number | null;
  /** Share of the model's energy, %. */
  readonly sharePct: number;
  /** Sum over the children, J; 0 for a primitive. */
  readonly childrenJ: number;
  /** What it adds to them, J: less than nothing where work of theirs overlaps. */
  readonly selfJ: number;
  /** What its energy is made of, and what of that it adds to its children; empty where that is not known. */
  readonly parts: readonly EnergyPart[];
  readonly selfParts: readonly EnergyPart[];
  readonly setting: Setting;
  readonly predictor: string;
  /** Why it goes beyond what was measured; null where it does not. */
  readonly extrapolatedBy: string | null;
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** What is known of each node, from the first of the predictions that says something of it. */
const knownOf = (forest: Forest, by: readonly ClassPredictions[]): ClassPredictions[] =>
  Array.from(forest.classOf, (c) => by.find(({ wallJ }) => !Number.isNaN(wallJ[c])) ?? by[0]);

/**
 * Which nodes are told: those whose siblings are all known, and so up to the model. Where one is not, what its parent
 * adds to its children cannot be said, and the tree ends above.
 */
function toldNodes(nodes: readonly ModelNode[], wallJ: readonly number[]): boolean[] {
  const position = new Map(nodes.map(({ id }, i) => [id, i]));
  const parentOf = ({ parent }: ModelNode): number => (parent === null ? -1 : position.get(parent)!);
  const unknownBelow = new Set(nodes.flatMap((node, i) => (Number.isNaN(wallJ[i]) ? [parentOf(node)] : [])));
  const told: boolean[] = [];
  nodes.forEach((node) => {
    const parent = parentOf(node);
    told.push(parent < 0 || (told[parent] && !unknownBelow.has(parent)));
  });
  return told;
}

/** The nodes in the tree's order. */
export function predictedNodes(
  nodes: readonly ModelNode[],
  forest: Forest,
  by: readonly ClassPredictions[],
): PredictedNode[] {
  const known = knownOf(forest, by);
  const wallJ = nodes.map((_, i) => known[i].wallJ[forest.classOf[i]]);
  const told = toldNodes(nodes, wallJ);
  const position = new Map(nodes.map(({ id }, i) => [id, i]));
  const childrenJ = new Float64Array(nodes.length);
  nodes.forEach(({ parent }, i) => {
    if (parent !== null && told[i]) childrenJ[position.get(parent)!] += wallJ[i];
  });
  const predicted = nodes.map((node, i): PredictedNode => {
    const c = forest.classOf[i];
    const from = known[i];
    return {
      nodeId: node.id,
      parentId: node.parent,
      scope: node.scope,
      type: node.type,
      level: node.level,
      alike: c,
      wallJ: wallJ[i],
      lowJ: orNull(from.lowJ[c]),
      highJ: orNull(from.highJ[c]),
      latencyS: orNull(from.latencyS[c]),
      sharePct: (100 * wallJ[i]) / wallJ[0],
      childrenJ: childrenJ[i],
      selfJ: wallJ[i] - childrenJ[i],
      parts: from.parts.whole(c),
      selfParts: from.parts.own(c),
      setting: from.setting,
      predictor: from.predictor,
      extrapolatedBy: from.reasons[c],
    };
  });
  return predicted.filter((_, i) => told[i]);
}
