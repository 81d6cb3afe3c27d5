/** Builds the forest from the rows of `features`. */
import { featureNames } from './feature_sets.js';
import { recordWidth, rootLevel, type Forest, type Workload } from './forest.js';
import type { Operator } from './launch_queue/work.js';

/** Rows of `features` as columns, workload by workload in training order, by node_id (depth first) within each. */
export interface NodeColumns {
  readonly models: readonly string[];
  readonly types: readonly string[];
  /** Index into `models`. */
  readonly model: Int32Array;
  readonly batchSize: Int32Array;
  readonly length: Int32Array;
  readonly nodeId: Int32Array;
  /** The node_id of the parent, -1 where there is none. */
  readonly parentId: Int32Array;
  /** A number for each distinct scope. */
  readonly scope: Int32Array;
  /** Index into `types`. */
  readonly type: Int32Array;
  /** Index into `levels`. */
  readonly level: Int32Array;
  /** `recordWidth` numbers a node. */
  readonly records: Float64Array;
  readonly wallJ: Float64Array;
  /** A number for each distinct measurement. */
  readonly measurement: Int32Array;
  /** The true computation; null where it is not asked for. */
  readonly signature: readonly string[] | null;
}

const latencyAt = featureNames.indexOf('latency_s');

/** A class while it is found: the first node seen of it, its children, its nodes. */
interface Found {
  readonly row: number;
  readonly children: readonly Child[];
  readonly rows: number[];
  hasParent: boolean;
  index: number;
}

interface Child {
  readonly of: Found;
  copies: number;
}

/** The operators that the node of a row runs itself. */
export type OperatorsOf = (row: number) => readonly Operator[];

const noOperators: OperatorsOf = () => [];

/**
 * Merges equal nodes; `merge: false` keeps a class for every node, for tests. Values that were not measured are NaN.
 * `operatorsOf` is asked once a class, where signatures are given.
 */
export function buildForest(nodes: NodeColumns, { merge = true, operatorsOf = noOperators } = {}): Forest {
  const workloads: Workload[] = [];
  const classes: Found[] = [];
  for (let start = 0, end = 0; start < nodes.nodeId.length; start = end) {
    while (end < nodes.nodeId.length && sameWorkload(nodes, start, end)) end++;
    const found = findClasses(nodes, start, end, merge);
    const leaves = found.filter(({ children }) => children.length === 0);
    const inner = found.filter(({ children }) => children.length > 0);
    workloads.push(describeWorkload(nodes, start, classes.length, leaves, inner));
    classes.push(...leaves, ...inner);
  }
  classes.forEach((found, index) => (found.index = index));
  return flatten(nodes, workloads, classes, operatorsOf);
}

const sameWorkload = ({ model, batchSize, length }: NodeColumns, a: number, b: number): boolean =>
  model[a] === model[b] && batchSize[a] === batchSize[b] && length[a] === length[b];

function describeWorkload(nodes: NodeColumns, row: number, first: number, leaves: Found[], inner: Found[]): Workload {
  const model = nodes.models[nodes.model[row]];
  const end = first + leaves.length + inner.length;
  return {
    model,
    family: nodes.level[row] === rootLevel ? nodes.types[nodes.type[row]] : model,
    batchSize: nodes.batchSize[row],
    length: nodes.length[row],
    first,
    inner: first + leaves.length,
    end,
    weighted: inner.length > 0 && !inner.at(-1)!.hasParent ? end - 1 : end,
  };
}

/** The classes of the nodes start ≤ row < end. Depth-first order backwards meets children before their parents. */
function findClasses(nodes: NodeColumns, start: number, end: number, merge: boolean): Found[] {
  const found: Found[] = [];
  const rowOf = new Map<number, number>();
  for (let row = start; row < end; row++) rowOf.set(nodes.nodeId[row], row);
  const childrenOf = new Map<number, Child[]>();
  for (let row = end - 1; row >= start; row--) {
    const children = childrenOf.get(row) ?? [];
    let own = merge
      ? found.find((other) => equalRecords(nodes, other.row, row) && equalChildren(other.children, children))
      : undefined;
    if (!own) found.push((own = { row, children, rows: [], hasParent: false, index: -1 }));
    own.rows.push(row);
    const parent = rowOf.get(nodes.parentId[row]);
    if (parent === undefined) continue;
    if (parent >= row) throw new Error(`features: node ${nodes.nodeId[row]} comes before its parent`);
    own.hasParent = true;
    const siblings = childrenOf.get(parent) ?? [];
    const twin = siblings.find(({ of }) => of === own);
    if (twin) twin.copies++;
    else siblings.push({ of: own, copies: 1 });
    childrenOf.set(parent, siblings);
  }
  return found;
}

function equalRecords(nodes: NodeColumns, a: number, b: number): boolean {
  const { type, level, wallJ, measurement, signature, records } = nodes;
  if (type[a] !== type[b] || measurement[a] !== measurement[b] || level[a] !== level[b]) return false;
  if (signature && signature[a] !== signature[b]) return false;
  if (!Object.is(wallJ[a], wallJ[b])) return false;
  for (let k = 0; k < recordWidth; k++) {
    if (!Object.is(records[a * recordWidth + k], records[b * recordWidth + k])) return false;
  }
  return true;
}

const equalChildren = (a: readonly Child[], b: readonly Child[]): boolean =>
  a.length === b.length && a.every(({ of, copies }) => b.some((other) => other.of === of && other.copies === copies));

function flatten(nodes: NodeColumns, workloads: Workload[], classes: Found[], operatorsOf: OperatorsOf): Forest {
  const { types, type, level, wallJ, measurement, signature, records } = nodes;
  const childStart = new Int32Array(classes.length + 1);
  const child: number[] = [];
  const copies: number[] = [];
  const merged = new Float64Array(classes.length * recordWidth);
  const classOf = new Int32Array(type.length);
  classes.forEach(({ row, rows, children }, c) => {
    merged.set(records.subarray(row * recordWidth, (row + 1) * recordWidth), c * recordWidth);
    for (const one of rows) classOf[one] = c;
    for (const { of, copies: times } of children) {
      child.push(of.index);
      copies.push(times);
    }
    childStart[c + 1] = child.length;
  });
  return {
    workloads,
    types,
    type: Int32Array.from(classes, ({ row }) => type[row]),
    level: Int32Array.from(classes, ({ row }) => level[row]),
    records: merged,
    wallJ: Float64Array.from(classes, ({ row }) => wallJ[row]),
    measurement: Int32Array.from(classes, ({ row }) => measurement[row]),
    ran: findRun(nodes, classes),
    computations: signature && {
      signature: classes.map(({ row }) => signature[row]),
      operators: classes.map(({ row }) => operatorsOf(row)),
    },
    nodes: Int32Array.from(classes, ({ rows }) => rows.length),
    keys: countKeys(nodes, classOf, classes.length),
    childStart,
    child: Int32Array.from(child),
    copies: Int32Array.from(copies),
    classOf,
  };
}

/** 1 for the classes that hold the first node of their measurement; of what did not run no latency is known. */
function findRun({ measurement, records }: NodeColumns, classes: readonly Found[]): Uint8Array {
  const first = new Map<number, number>();
  const ran = (row: number): boolean => !Number.isNaN(records[row * recordWidth + latencyAt]);
  measurement.forEach((of, row) => ran(row) && !first.has(of) && first.set(of, row));
  return Uint8Array.from(classes, ({ rows }) => (rows.some((row) => first.get(measurement[row]) === row) ? 1 : 0));
}

/** Of nodes with equal (model, batch, length, type, scope), as the two MatMul of an attention, the last counts. */
function countKeys(nodes: NodeColumns, classOf: Int32Array, classes: number): Int32Array {
  const keys = new Int32Array(classes);
  for (let start = 0, end = 0; start < classOf.length; start = end) {
    const last = new Map<number, number>();
    for (; end < classOf.length && sameWorkload(nodes, start, end); end++) {
      last.set(nodes.scope[end] * nodes.types.length + nodes.type[end], end);
    }
    for (const row of last.values()) keys[classOf[row]]++;
  }
  return keys;
}
