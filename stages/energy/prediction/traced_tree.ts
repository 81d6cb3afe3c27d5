/**
 * A tree exported by the tracer: one JSON file `{ model, nodes, operators }` whose rows have the columns of
 * stages/trace/tables.ts (data/models/README.md says which are needed). Its workloads are those that were traced.
 */
import type { z } from 'zod';
import { UsageError } from '../../../pipeline/errors.js';
import { groupBy } from '../group_by.js';
import type { Operator } from '../predictors/launch_queue/work.js';
import type { Workload } from '../tree/build.js';
import { treeSchema, type Tree } from '../tree/traced_document.js';
import type { DescribedModel } from './described_model.js';
import type { ModelNode } from './model_node.js';

type Rows<Row> = Map<string, Row[]>;

const workloadKey = ({ batchSize, length }: Workload): string => `${batchSize} × ${length}`;
const keyOf = ({ batch_size, length }: { batch_size: number; length: number }): string =>
  workloadKey({ batchSize: batch_size, length });

/** `nodes[3].flops: expected …`, the first problem and how many more there are. */
function problem(file: string, { issues }: z.ZodError): UsageError {
  const [{ path, message }] = issues;
  const place = path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step)),
    '',
  );
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more problems)` : '';
  return new UsageError(
    `${file}: ${place}: ${message.replace('Invalid input: ', '').replace('received undefined', 'but it is not there')}${more}`,
    'expected a tree as data/models/README.md describes it',
  );
}

/** The nodes of one workload. Throws a UsageError where they are no tree in depth-first order. */
function treeOf(file: string, rows: readonly Tree['nodes'][number][], operators: Rows<Operator>): ModelNode[] {
  const ids = new Set<number>();
  return rows.map((row, i): ModelNode => {
    const here = `${file}: node ${row.node_id} of ${keyOf(row)}`;
    if (ids.has(row.node_id)) throw new UsageError(`${here} stands there twice`);
    if (i === 0 && (row.parent_id !== null || row.level !== 'model')) {
      throw new UsageError(`${here}: expected the whole model first, level model, without a parent`);
    }
    if (i > 0 && (row.parent_id === null || !ids.has(row.parent_id))) {
      throw new UsageError(`${here}: expected a parent_id among the nodes before it, found ${row.parent_id}`);
    }
    ids.add(row.node_id);
    return {
      id: row.node_id,
      parent: row.parent_id,
      path: row.scope,
      scope: row.scope,
      type: row.type,
      level: row.level,
      parameters: row.num_parameters,
      flops: row.flops,
      memBytes: row.mem_bytes,
      signature: row.signature,
      operators: operators.get(`${row.node_id}`) ?? [],
    };
  });
}

/** ` with torch 1.13.0, transformers 4.1.1`, nothing where the file does not say. */
function tracedWith({ device: _, ...versions }: Readonly<Record<string, string>> = {}): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return named.length > 0 ? ` with ${named.join(', ')}` : '';
}

/** The model of such a file. Throws a UsageError that says where it is wrong. */
export function tracedTree(file: string, content: object): DescribedModel {
  const parsed = treeSchema.safeParse(content);
  if (!parsed.success) throw problem(file, parsed.error);
  const { model, traced, notes, nodes, operators } = parsed.data;
  const nodesOf = groupBy(nodes, keyOf);
  const operatorsOf = groupBy(operators, keyOf);
  const trees = new Map<string, ModelNode[]>();
  for (const [key, rows] of nodesOf) {
    const ordered = (operatorsOf.get(key) ?? []).sort((a, b) => a.position - b.position);
    const byId = [...rows].sort((a, b) => a.node_id - b.node_id);
    trees.set(
      key,
      treeOf(
        file,
        byId,
        groupBy(ordered, ({ node_id }) => `${node_id}`),
      ),
    );
  }
  const placed = new Set(nodes.map((row) => `${keyOf(row)} ${row.node_id}`));
  const stray = operators.find((row) => !placed.has(`${keyOf(row)} ${row.node_id}`));
  if (stray) throw new UsageError(`${file}: an operator of node ${stray.node_id} of ${keyOf(stray)}: no such node`);
  return {
    name: model,
    root: trees.values().next().value![0].type,
    about: `tree traced in ${file}${tracedWith(traced)}`,
    differences: [],
    assumptions: notes,
    sizes: null,
    workloads: [...nodesOf.values()].map(([{ batch_size, length }]) => ({ batchSize: batch_size, length })),
    tree: (workload) => {
      const tree = trees.get(workloadKey(workload));
      if (tree) return tree;
      throw new UsageError(
        `${file} has no tree of batch size × length ${workloadKey(workload)}`,
        `it has ${[...trees.keys()].join(', ')}`,
      );
    },
  };
}
