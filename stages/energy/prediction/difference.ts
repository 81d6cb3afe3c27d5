/**
 * Where the difference between two predicted models comes from: their trees cut into the same kinds of modules, kind
 * beside kind. The parts and the residual between the modules add up to the difference, exactly.
 */
import { freeInterval, intervalOf, sumOf, times, type Interval } from './difference_interval.js';
import { pairedInterval } from './difference_paired.js';
import { roleOf, roles, type Role } from './difference_roles.js';
import { childrenOf, numberWork, type TreeWork } from './difference_work.js';
import type { ModelNode } from './model_node.js';
import type { PredictedNode, PredictedTree } from './predict_model.js';

/** A prediction with the tree that it is of, node by node. */
export interface Compared {
  readonly tree: PredictedTree;
  readonly nodes: readonly ModelNode[];
}

/** One kind of module in both models. */
export interface DifferencePart {
  /** What it does; `between modules` for what layers and the model itself add to the modules below them. */
  readonly role: Role | 'between modules';
  /** Its class; a residual has the class of the module that adds it. */
  readonly type: string;
  /** How many there are in the first model and in the second. */
  readonly copies: readonly [number, number];
  /** What they take together, J a batch; 0 where a model has none. */
  readonly wallJ: readonly [number, number];
  /** The second less the first. */
  readonly differenceJ: number;
  /** What both models run alike cancels; null without intervals, and for a residual. */
  readonly interval: Interval | null;
}

/** As much, in %, do two measurements of models of equal work differ from run to run (METHODS 5). */
export const runToRunPct = 0.9;

export interface Difference {
  /** The second model less the first, J a batch. */
  readonly differenceJ: number;
  /** Of the first model, %. */
  readonly differencePct: number;
  /**
   * Holds wherever both models' intervals do, whatever their errors have in common: with two of coverage c at least in
   * 2c − 1 of all cases.
   */
  readonly interval: Interval | null;
  /**
   * Holds wherever the intervals of the modules that differ do: what both run alike is taken to cost the same in both.
   * Null where the predictions are of two benches or
   * settings, which share no error.
   */
  readonly paired: Interval | null;
  readonly parts: readonly DifferencePart[];
}

/** The nodes that a tree is cut into, and those above them. */
interface Cut {
  readonly units: readonly { readonly index: number; readonly role: Role }[];
  readonly above: readonly number[];
}

/** Units are the lowest modules, those of primitives alone, and primitives between modules; the outermost role counts. */
function cut(nodes: readonly PredictedNode[], children: readonly number[][]): Cut {
  const units: { index: number; role: Role }[] = [];
  const above: number[] = [];
  const visit = (index: number, role: Role | null): void => {
    const own = role ?? roleOf(nodes[index].type);
    if (children[index].every((child) => nodes[child].level === 'ml')) units.push({ index, role: own ?? 'other' });
    else {
      above.push(index);
      for (const child of children[index]) visit(child, own);
    }
  };
  visit(0, null);
  return { units, above };
}

interface Gathered {
  readonly role: DifferencePart['role'];
  readonly type: string;
  readonly copies: [number, number];
  readonly wallJ: [number, number];
  /** Intervals of the units by their work, with how many more the second model has. */
  readonly work: Map<number, { more: number; readonly interval: Interval | null }>;
}

function gather(trees: readonly [Compared, Compared], works: readonly TreeWork[]): Gathered[] {
  const found = new Map<string, Gathered>();
  const at = (role: Gathered['role'], type: string): Gathered => {
    const key = `${role} ${type}`;
    if (!found.has(key)) found.set(key, { role, type, copies: [0, 0], wallJ: [0, 0], work: new Map() });
    return found.get(key)!;
  };
  trees.forEach(({ tree: { nodes } }, side) => {
    const { units, above } = cut(nodes, childrenOf(nodes));
    for (const { index, role } of units) {
      const { type, wallJ } = nodes[index];
      const row = at(role, type);
      row.copies[side]++;
      row.wallJ[side] += wallJ;
      const work = row.work.get(works[side].whole[index]) ?? { more: 0, interval: intervalOf(nodes[index]) };
      work.more += side === 0 ? -1 : 1;
      row.work.set(works[side].whole[index], work);
    }
    for (const index of above) {
      const row = at('between modules', nodes[index].type);
      row.copies[side]++;
      row.wallJ[side] += nodes[index].selfJ;
    }
  });
  return [...found.values()];
}

/** What the second model has more of, or less. */
const unitInterval = ({ work }: Gathered): Interval | null =>
  sumOf([...work.values()].filter(({ more }) => more !== 0).map(({ more, interval }) => times(more, interval)));

const order = (role: DifferencePart['role']): number =>
  role === 'between modules' ? roles.length : roles.indexOf(role);

/** The second model less the first. */
export function difference(first: Compared, second: Compared): Difference {
  const works = numberWork([first.nodes, second.nodes]);
  const [a, b] = [first.tree, second.tree];
  const alike = a.bench === b.bench && a.predictor === b.predictor && a.clockMhz === b.clockMhz;
  const parts = gather([first, second], works).map((row): DifferencePart => ({
    role: row.role,
    type: row.type,
    copies: row.copies,
    wallJ: row.wallJ,
    differenceJ: row.wallJ[1] - row.wallJ[0],
    interval: row.role === 'between modules' || !alike ? null : unitInterval(row),
  }));
  const differenceJ = b.root.wallJ - a.root.wallJ;
  return {
    differenceJ,
    differencePct: (100 * differenceJ) / a.root.wallJ,
    interval: freeInterval(a.root, b.root),
    paired: alike ? pairedInterval(a.nodes, b.nodes, works) : null,
    parts: parts.sort((x, y) => order(x.role) - order(y.role)),
  };
}

/**
 * Whether there is a difference at all: by both `intervals`, or only by the `modules` that differ, and then by more than
 * two runs of equal work do. `no` where neither says so, null where nothing is known.
 */
export function toldApart({
  interval,
  paired,
  differenceJ,
  differencePct,
}: Difference): 'intervals' | 'modules' | 'no' | null {
  const beyond = (one: Interval | null, leastJ: number): boolean =>
    one !== null && (one.lowJ > leastJ || one.highJ < -leastJ);
  if (interval === null) return null;
  if (beyond(interval, 0)) return 'intervals';
  const runToRunJ = Math.abs((differenceJ / differencePct) * runToRunPct);
  return differencePct !== 0 && beyond(paired, runToRunJ) ? 'modules' : 'no';
}
