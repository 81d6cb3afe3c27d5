/** The datasets of a run as they lie on disk, whether fresh or not: what `query`, `check` and `diff` read. */
import { abridged } from '../abridged.js';
import type { Database } from '../database.js';
import { IntegrityError, PipelineError, UnavailableError } from '../errors.js';
import { openTables, verifyFiles, type TaskRead } from '../execute/task.js';
import { outputOf, outputProblem } from '../freshness.js';
import { manifestPath, type Graph } from '../graph.js';
import { runFolder } from '../paths.js';
import { survey, type ProjectToRead } from '../project.js';
import type { Registry } from '../stage.js';
import { lockRun, writerOf, type RunLock } from '../store/lock.js';
import { markDamaged, readManifest, type Manifest } from '../store/manifest.js';
import type { TableSchema } from '../table.js';

/** One table with its files, and the tasks whose part is not there or not as it should be. */
export interface Dataset extends TaskRead {
  readonly stages: readonly string[];
  readonly missing: readonly string[];
  readonly damaged: readonly { readonly task: string; readonly reason: string }[];
  readonly stale: readonly { readonly task: string; readonly reason: string }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Every table of a registry by name; one that several stages write (`findings`) stands once. */
export const schemasOf = ({ stages }: Registry): Map<string, TableSchema> =>
  new Map(stages.flatMap(({ stage }) => stage.writes.map((table) => [table.name, table] as const)));

/** Why each task that is not fresh is not; empty where that cannot be told. */
async function staleTasks({ graph, sourceProblem }: ProjectToRead): Promise<Map<string, string>> {
  if (sourceProblem !== null) return new Map();
  try {
    const states = await survey(graph, { verify: false });
    return new Map(states.flatMap(({ task, reason }) => (reason === null ? [] : [[task.id, reason] as const])));
  } catch (error) {
    // A file that a stage reads is gone: the datasets are there all the same.
    if (error instanceof PipelineError) return new Map();
    throw error;
  }
}

export async function datasetsOf(project: ProjectToRead): Promise<ReadonlyMap<string, Dataset>> {
  const { graph, registry } = project;
  const stale = await staleTasks(project);
  const datasets = new Map<string, Mutable<Dataset>>();
  for (const table of schemasOf(registry).keys()) {
    datasets.set(table, { table, stages: [], files: [], missing: [], damaged: [], stale: [] });
  }
  for (const task of graph.tasks) {
    const found = readManifest(manifestPath(graph.run, task));
    for (const { name } of task.stage.writes) {
      const dataset = datasets.get(name)!;
      if (!dataset.stages.includes(task.stage.name)) dataset.stages.push(task.stage.name);
      const damage = typeof found === 'string' ? found : found?.damaged;
      const output = found && typeof found !== 'string' ? outputOf(found, name) : undefined;
      if (damage) dataset.damaged.push({ task: task.id, reason: damage });
      else if (!output) dataset.missing.push(task.id);
      else {
        dataset.files.push({ task: task.id, partition: task.partition, ...output });
        const reason = stale.get(task.id);
        if (reason) dataset.stale.push({ task: task.id, reason });
      }
    }
  }
  return datasets;
}

/** What a reader of a dataset must be told, a sentence each. */
export function warningsOf({ table, missing, stale }: Dataset): string[] {
  const warnings = [];
  if (missing.length > 0) warnings.push(`${table}: not computed yet by ${abridged(missing)}; their rows are not there`);
  const waiting = stale.filter(({ reason }) => reason.startsWith('waits for'));
  const changed = stale.filter((one) => !waiting.includes(one));
  const first = [...changed, ...waiting][0];
  if (first)
    warnings.push(`${table}: stale: ${abridged([...changed, ...waiting].map(({ task }) => task))} (${first.reason})`);
  return warnings;
}

/** Why a file that was recorded differently is no damage: somebody writes the run, or has done so since. */
function replaced(run: string, { file, task }: IntegrityError): UnavailableError | null {
  const manifest = readManifest(manifestOf(run, task));
  if (manifest === null) return new UnavailableError(`${file} was removed while it was read`, 'ask again');
  const output = typeof manifest === 'string' ? undefined : manifest.outputs.find(({ path }) => path === file);
  if (!output || (manifest as Manifest).damaged || outputProblem(output, true) !== null) return null;
  return new UnavailableError(`${file} was written anew while it was read`, 'ask again');
}

const manifestOf = (run: string, task: string): string => `${runFolder(run)}/${task}.json`;

/**
 * The error of a damaged file, which its task's manifest then says too, so that the next run recomputes it. Beside a
 * writer, or where nothing may be written, it is only told.
 */
export function noteDamage(run: string, error: IntegrityError): Error {
  let lock: RunLock;
  try {
    lock = lockRun(runFolder(run));
  } catch {
    const writer = writerOf(runFolder(run));
    if (writer === null) return error;
    return new UnavailableError(
      `${error.file} is being written by ${writer}`,
      'ask again when it has finished; what it has not reached yet can be read',
    );
  }
  try {
    const meanwhile = replaced(run, error);
    if (!meanwhile) markDamaged(manifestOf(run, error.task), error.message);
    return meanwhile ?? error;
  } finally {
    lock.release();
  }
}

/**
 * Makes a view of each dataset, its files verified, and gives what `read` makes of them. Throws IntegrityError where one
 * is damaged, and marks it, so that the next run recomputes just that; UnavailableError where one was replaced before
 * all was read: then it may not all be of one state.
 */
export async function readDatasets<Result>(
  database: Database,
  { run }: Pick<Graph, 'run'>,
  schemas: ReadonlyMap<string, TableSchema>,
  datasets: readonly Dataset[],
  read: () => Promise<Result>,
): Promise<Result> {
  const [damaged] = datasets.flatMap(({ damaged }) => damaged);
  if (damaged) throw IntegrityError.ofMessage(damaged.reason, damaged.task);
  try {
    await openTables(database, datasets, schemas);
    return await read().finally(() => verifyFiles(datasets));
  } catch (error) {
    throw error instanceof IntegrityError ? noteDamage(run, error) : error;
  }
}
