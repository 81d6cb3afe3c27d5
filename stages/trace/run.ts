/** One model: its workloads as the bench has them, a tree for each, as rows. */
import { UnavailableError } from '../../pipeline/errors.js';
import { findings } from '../../pipeline/findings.js';
import type { Source, TaskContext } from '../../pipeline/stage.js';
import { fromRows } from '../../pipeline/rows.js';
import { allParts, type Cell } from '../energy/benches/bench.js';
import { cellsOfBench, partOf, readBenchCells } from '../energy/benches/cells.js';
import { cellOfRuns } from '../energy/benches/logs/cells.js';
import { logsOf } from '../energy/benches/logs/files.js';
import { readRuns } from '../energy/benches/logs/runs.js';
import type { LogsSettings } from '../energy/benches/logs/settings.js';
import { cellsOfRows } from '../energy/benches/published.js';
import { readPublished, type PublishedRow } from '../energy/benches/published_rows.js';
import { twinFile } from '../energy/benches/source.js';
import { buildTree, type TreeNode } from '../energy/tree/build.js';
import { Library } from '../energy/tree/library.js';
import { checkRows, disagreements, notPublished } from './checks.js';
import { NodeRows, OperatorRows } from './rows.js';
import { workloadsOf } from '../energy/tree/workloads.js';
import type { TraceParams } from './stage.js';
import { nodes, operators } from './tables.js';
import { torchTrees } from './torch_trees.js';

export async function run(context: TaskContext<TraceParams>): Promise<void> {
  const { params, partition, source, write, progress, signal } = context;
  const name = partition.model;
  const torch = params.torch?.[name];
  const declared = torch === undefined ? new Library().model(name) : null;
  const trace: Trace = async (workloads) =>
    declared
      ? workloads.map(({ batch_size, length }) => buildTree(declared, { batchSize: batch_size, length }))
      : torchTrees({ torch: torch!, name }, workloads, signal);
  const { cells, trees, rows } = await readBench(source, name, params, trace);
  if (cells.length === 0) throw nothingThere(name, source, params);
  if (rows && declared) checkRows(rows, declared, cells, trees);
  const nodeRows = new NodeRows(name, { bySignature: source.kind === 'live', measure: params.measure });
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
    ...notPublished(name, trees[0], params, cells, source.kind === 'logs' ? 'not measured' : 'not published'),
  ];
  await write(
    findings,
    fromRows(
      findings,
      found.map((finding) => ({ ...finding })),
    ),
  );
}

type Workload = Pick<Cell, 'batch_size' | 'length'>;
type Tree = readonly TreeNode[];
type Trace = (workloads: readonly Workload[]) => Promise<Tree[]>;

interface Traced {
  readonly cells: readonly Cell[];
  /** One a cell. */
  readonly trees: readonly Tree[];
  /** The published rows, where there are some. */
  readonly rows: PublishedRow[] | null;
}

/** The model's cells on the bench, each with its tree. */
async function readBench(source: Source, model: string, params: TraceParams, trace: Trace): Promise<Traced> {
  const { batch_sizes, lengths } = params;
  const asked = workloadsOf(params);
  const isAsked = (of: Workload): boolean =>
    asked.some(({ batch_size, length }) => batch_size === of.batch_size && length === of.length);
  if (source.kind === 'live') {
    const cells = asked.map((workload) => ({ model, ...workload, parts: allParts }));
    return { cells, trees: await trace(cells), rows: null };
  }
  if (source.kind === 'logs') return runInLogs(logsOf(source), model, asked, trace);
  if (source.kind === 'twin') {
    const cells = cellsOfBench(readBenchCells(twinFile(source)), model, batch_sizes, lengths).filter(isAsked);
    return { cells, trees: await trace(cells), rows: null };
  }
  const rows = (await readPublished(source.place.folder, model)).filter(isAsked);
  const cells = cellsOfRows(rows, model, batch_sizes, lengths);
  return { cells, trees: await trace(cells), rows };
}

/** What a run log has of the model: a workload's cell follows from its tree, for the log names nodes. */
async function runInLogs(logs: LogsSettings, model: string, asked: readonly Workload[], trace: Trace): Promise<Traced> {
  const runs = (await readRuns(logs)).filter((run) => run.model === model);
  const workloads = asked.filter(({ batch_size, length }) =>
    runs.some((run) => run.batch_size === batch_size && run.length === length),
  );
  const trees = await trace(workloads);
  const found = workloads.flatMap((workload, i) => {
    const cell = cellOfRuns(runs, model, trees[i], workload, logs.runs.file);
    return cell ? [{ cell, tree: trees[i] }] : [];
  });
  return { cells: found.map(({ cell }) => cell), trees: found.map(({ tree }) => tree), rows: null };
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
