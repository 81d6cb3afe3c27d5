/** What somebody logged of a model while it ran: rows of nodes, and which node of a tree each row is of. */
import { abridged } from '../../../pipeline/abridged.js';
import { nearest } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import type { Workload } from '../tree/build.js';
import type { Measured } from './forest_of_trees.js';
import type { ModelNode } from './model_node.js';

export interface ProfileRow {
  /** Null where the file does not say, and all rows are of one model. */
  readonly model: string | null;
  /** Null where the file does not say, and all rows are of one workload. */
  readonly batchSize: number | null;
  readonly length: number | null;
  /** Module path, with or without the names of ModuleLists; empty for the whole model. */
  readonly scope: string;
  /** Class or function; null for the module of that path. */
  readonly type: string | null;
  readonly measured: Measured;
}

export interface Profile {
  readonly file: string;
  readonly rows: readonly ProfileRow[];
}

/** The rows of a model: those that name it, or where none does all of them. */
function ofModel({ rows }: Profile, model: string): readonly ProfileRow[] {
  const named = rows.filter((row) => row.model === model);
  return named.length > 0 ? named : rows;
}

/** The workloads that a profile has rows of, in its order; none where it does not say. */
export function workloadsOf(profile: Profile, model: string): Workload[] {
  const found = new Map<string, Workload>();
  for (const { batchSize, length } of ofModel(profile, model)) {
    if (batchSize !== null && length !== null) found.set(`${batchSize} × ${length}`, { batchSize, length });
  }
  return [...found.values()];
}

function rowsOf(profile: Profile, model: string, { batchSize, length }: Workload): readonly ProfileRow[] {
  const rows = ofModel(profile, model);
  const models = new Set(rows.map((row) => row.model));
  if (models.size > 1) {
    throw new UsageError(`${profile.file}: it has no rows of ${model}`, `it has ${[...models].join(', ')}`);
  }
  const chosen = rows.filter((row) => (row.batchSize ?? batchSize) === batchSize && (row.length ?? length) === length);
  if (chosen.length > 0) return chosen;
  const there = workloadsOf(profile, model).map((one) => `${one.batchSize} × ${one.length}`);
  throw new UsageError(
    `${profile.file}: it has no rows of batch size × length ${batchSize} × ${length}`,
    `it has ${abridged(there, 8)}`,
  );
}

/** A function bears its caller's path; without a type a path is its module's. */
function nodesByName(nodes: readonly ModelNode[]): Map<string, ModelNode[]> {
  const found = new Map<string, ModelNode[]>();
  const add = (name: string, node: ModelNode): void => {
    const others = found.get(name);
    if (!others) found.set(name, [node]);
    else if (!others.includes(node)) others.push(node);
  };
  const scopes = new Map(nodes.map(({ id, path }) => [id, path]));
  for (const node of nodes) {
    const isFunction = node.parent !== null && scopes.get(node.parent) === node.path;
    for (const scope of new Set([node.scope, node.path])) {
      add(`${scope}:${node.type}`, node);
      if (!isFunction) add(scope, node);
    }
  }
  return found;
}

/**
 * The measured values by node id. Equal names, as the two MatMul of an attention, are taken in order, and the last row
 * stands for all that follow. Throws a UsageError where no row is of a node of the model.
 */
export function measuredNodes(
  profile: Profile | null,
  model: string,
  workload: Workload,
  nodes: readonly ModelNode[],
): { measured: ReadonlyMap<number, Measured>; warnings: string[] } {
  const measured = new Map<number, Measured>();
  if (!profile) return { measured, warnings: [] };
  const byName = nodesByName(nodes);
  const rows = new Map<string, ProfileRow[]>();
  for (const row of rowsOf(profile, model, workload)) {
    const name =
      row.scope === '' || row.scope === model ? '' : row.type === null ? row.scope : `${row.scope}:${row.type}`;
    rows.set(name, [...(rows.get(name) ?? []), row]);
  }
  const strangers: string[] = [];
  for (const [name, found] of rows) {
    const named = byName.get(name);
    if (!named) strangers.push(name);
    named?.forEach(({ id }, i) => measured.set(id, found[Math.min(i, found.length - 1)].measured));
  }
  if (measured.size === 0) {
    const near = nearest(strangers[0], [...byName.keys()]);
    throw new UsageError(
      `${profile.file}: none of its rows names a node of ${model}, e.g. "${strangers[0]}"`,
      `expected module paths like ${near ?? nodes.at(-1)!.path}, or an empty scope for the whole model`,
    );
  }
  const rest = strangers.length > 0 ? [`${profile.file}: no nodes of ${model}: ${abridged(strangers)}`] : [];
  return { measured, warnings: rest };
}
