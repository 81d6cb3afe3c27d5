/** The datasets of a run as they lie on disk, whether fresh or not: what `query`, `check` and `diff` read. */
import { abridged } from '../abridged.js';
import type { Database } from '../database.js';
import { IntegrityError, PipelineError, UnavailableError } from '../errors.js';
import { openTables, type TaskRead } from '../execute/task.js';
import { outputOf } from '../freshness.js';
import { manifestPath, type Graph } from '../graph.js';
import { runFolder } from '../paths.js';
import { survey, type ProjectToRead } from '../project.js';
import type { Registry } from '../stage.js';
import { writerOf } from '../store/lock.js';
import { markDamaged, readManifest } from '../store/manifest.js';
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

/** The error of a damaged file, which its task's manifest then says too, so that the next run recomputes it. */
export function noteDamage(run: string, error: IntegrityError): Error {
  const writer = writerOf(runFolder(run));
  if (writer) {
    return new UnavailableError(
      `${error.file} is being written by ${writer}`,
      'ask again when it has finished; what it has not reached yet can be read',
    );
  }
  markDamaged(`${runFolder(run)}/${error.task}.json`, error.message);
  return error;
}

/**
 * Makes a view of each dataset, its files verified. Throws IntegrityError where one is damaged, and marks it, so that
 * the next run recomputes just that.
 */
export async function openDatasets(
  database: Database,
  { run }: Pick<Graph, 'run'>,
  schemas: ReadonlyMap<string, TableSchema>,
  datasets: readonly Dataset[],
): Promise<void> {
  const [damaged] = datasets.flatMap(({ damaged }) => damaged);
  if (damaged) throw IntegrityError.ofMessage(damaged.reason, damaged.task);
  try {
    await openTables(database, datasets, schemas);
  } catch (error) {
    throw error instanceof IntegrityError ? noteDamage(run, error) : error;
  }
}
