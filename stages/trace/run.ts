/** One model: its workloads as the bench has them, a tree for each, as rows. */
import { UnavailableError } from '../../pipeline/errors.js';
import { findings } from '../../pipeline/findings.js';
import type { Source, TaskContext } from '../../pipeline/stage.js';
import { fromRows } from '../../pipeline/rows.js';
import type { Cell } from '../energy/benches/bench.js';
import { cellsOfBench, partOf, readBenchCells } from '../energy/benches/cells.js';
import { cellsOfRows } from '../energy/benches/published.js';
import { readPublished, type PublishedRow } from '../energy/benches/published_rows.js';
import { twinFile } from '../energy/benches/source.js';
import { buildTree, type TreeNode } from '../energy/tree/build.js';
import { Library } from '../energy/tree/library.js';
import { checkRows, disagreements, notPublished } from './checks.js';
import { NodeRows, OperatorRows } from './rows.js';
import type { TraceParams } from './stage.js';
import { nodes, operators } from './tables.js';
import { torchTrees } from './torch_trees.js';

export async function run(context: TaskContext<TraceParams>): Promise<void> {
  const { params, partition, source, write, progress, signal } = context;
  const name = partition.model;
  const { cells, rows } = await readBench(source, name, params);
  if (cells.length === 0) throw nothingThere(name, source, params);
  const torch = params.torch?.[name];
  const declared = torch === undefined ? new Library().model(name) : null;
  const trees = declared
    ? cells.map((cell) => buildTree(declared, { batchSize: cell.batch_size, length: cell.length }))
    : await torchTrees({ torch: torch!, name }, cells, signal);
  if (rows && declared) checkRows(rows, declared, cells, trees);
  const nodeRows = new NodeRows(name);
  const operatorRows = new OperatorRows(name);
  cells.forEach((cell, i) => {
    signal.throwIfAborted();
    for (const node of present(trees[i], cell)) {
      nodeRows.add(node, cell);
      operatorRows.add(node, cell);
    }
    progress(i + 1, cells.length);
  });
  await write(nodes, nodeRows.table());
  await write(operators, operatorRows.table());
  const found = [
    ...(rows && declared ? disagreements(rows, declared) : []),
    ...notPublished(name, trees[0], params, cells),
  ];
  await write(
    findings,
    fromRows(
      findings,
      found.map((finding) => ({ ...finding })),
    ),
  );
}

/** The model's cells on the bench, and the published rows where there are some. */
async function readBench(
  source: Source,
  model: string,
  { batch_sizes, lengths }: TraceParams,
): Promise<{ cells: Cell[]; rows: PublishedRow[] | null }> {
  if (source.kind === 'twin') {
    return { cells: cellsOfBench(readBenchCells(twinFile(source)), model, batch_sizes, lengths), rows: null };
  }
  const all = await readPublished(source.place.folder, model);
  const rows = all.filter((row) => batch_sizes.includes(row.batch_size) && lengths.includes(row.length));
  return { cells: cellsOfRows(rows, model, batch_sizes, lengths), rows };
}

function nothingThere(model: string, { label }: Source, { batch_sizes, lengths }: TraceParams): UnavailableError {
  return new UnavailableError(
    `${model}: the source (${label}) has none of the batch sizes ${batch_sizes.join(', ')} with the lengths ${lengths.join(', ')}`,
    'leave the model out, or choose other batch sizes and lengths, or another source',
  );
}

/** The nodes whose part exists; where a part of the tree lacks there is no tree, and nobody has a parent. */
function present(tree: readonly TreeNode[], { parts }: Cell): TreeNode[] {
  const there = tree.filter(({ level, type }) => parts.includes(partOf(level, type)));
  return there.length === tree.length ? there : there.map((node) => ({ ...node, parent: null }));
}
