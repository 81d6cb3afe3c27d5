/** Stages × partitions make tasks; a task depends on those before it whose tables it reads, of its own stage too. */
import { join } from 'node:path';
import type { Configuration } from './config/configuration.js';
import { reportFolder, runFolder } from './paths.js';
import { partitionKey, type Partition, type Registry, type Source, type Stage } from './stage.js';
import type { TableSchema } from './table.js';

export interface Task {
  /** `align/gpt2`: its stage and the key of its partition. */
  readonly id: string;
  readonly stage: Stage<any>;
  readonly module: URL;
  readonly partition: Partition;
  readonly key: string;
  /** The tables it reads, each with the tasks that write them, in order. */
  readonly reads: readonly { readonly table: TableSchema; readonly from: readonly Task[] }[];
}

export interface Graph {
  readonly run: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly source: Source;
  /** In an order in which every task comes after those it reads. */
  readonly tasks: readonly Task[];
  /** What the settings ask for that no task gives. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly stage: string;
  readonly text: string;
}

export const manifestPath = (run: string, task: Task): string =>
  join(runFolder(run), task.stage.name, `${task.key}.json`);

export const tablePath = (run: string, task: Task, table: TableSchema): string =>
  join(runFolder(run), task.stage.name, table.name, `${task.key}.parquet`);

/** The folders that belong to a run alone. */
export const runFolders = (run: string): string[] => [runFolder(run), reportFolder(run)];

/** The tasks that a task waits for. */
export const dependencies = (task: Task): Task[] => [...new Set(task.reads.flatMap(({ from }) => from))];

export function buildGraph(configuration: Configuration, registry: Registry, source: Source): Graph {
  const { run, settings } = configuration;
  const partitions: Record<string, readonly Partition[]> = {};
  const tasks: Task[] = [];
  const leftOut: LeftOut[] = [];
  for (const { stage, module } of registry.stages) {
    const own = stage.partitions(settings[stage.name], partitions, settings, source);
    partitions[stage.name] = own;
    const texts = stage.leftOut?.(settings[stage.name], settings, source) ?? [];
    leftOut.push(...texts.map((text) => ({ stage: stage.name, text })));
    for (const partition of own) {
      const key = partitionKey(partition);
      const reads = stage.reads.map(({ table, of = () => true }) => ({
        table,
        from: tasks.filter((task) => task.stage.writes.includes(table) && of(partition, task.partition)),
      }));
      tasks.push({ id: `${stage.name}/${key}`, stage, module, partition, key, reads });
    }
    const keys = new Set(own.map(partitionKey));
    if (keys.size < own.length) throw new Error(`stage ${stage.name} has two partitions of one key`);
  }
  return { run, settings, source, tasks, leftOut };
}
