/**
 * A batch: tasks of one stage that were submitted together as one job array, and all that is known of them, as files.
 * Whoever sees the folder can tell how it stands, from any host; what a file says once stays so.
 *
 *     data/slurm/<run>/batches/<batch>/   batch.json      stage, tasks in order: written before sbatch
 *                                         job.sh          what Slurm runs
 *                                         job             its number: written when sbatch told it
 *                                         3.spec.json     one task
 *                                         3.started.json  written by its job: where and since when
 *                                         3.progress.json
 *                                         3.result.json   written by its job: the end, good or bad
 *                                         3.given-up      this try is not waited for: it must publish nothing
 *                                         3.taken         its result is in a manifest
 *                                         3.log           what it said
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../store/atomic.js';
import { removeEmptyFolders } from '../../store/garbage.js';
import type { PlainError } from '../plain_error.js';
import type { TaskResult, TaskSpec } from '../task.js';

export interface BatchTask {
  readonly id: string;
  readonly fingerprint: string;
  /** How often it has been submitted, this time counted. */
  readonly attempt: number;
}

export interface Batch {
  /** The job's name at Slurm too: by it the job is found even where sbatch's answer was lost. */
  readonly name: string;
  readonly stage: string;
  readonly tasks: readonly BatchTask[];
}

export interface Started {
  readonly job: string;
  readonly node: string;
  readonly utc_ms: number;
}

export interface Progressed {
  readonly done: number;
  readonly total: number;
  readonly now?: string;
}

export type Ended = { readonly utc_ms: number } & (
  { readonly kind: 'done'; readonly result: TaskResult } | { readonly kind: 'failed'; readonly error: PlainError }
);

interface Files {
  spec: TaskSpec;
  started: Started;
  progress: Progressed;
  result: Ended;
}

/** All that the executor keeps of a run. */
export const slurmFolder = (run: string): string => join('data', 'slurm', run);

const batchesFolder = (run: string): string => join(slurmFolder(run), 'batches');

export const batchFolder = (run: string, { name }: Pick<Batch, 'name'>): string => join(batchesFolder(run), name);

const fileOf = (folder: string, index: number, kind: keyof Files): string => join(folder, `${index}.${kind}.json`);

export const writeFile = <Kind extends keyof Files>(folder: string, index: number, kind: Kind, value: Files[Kind]) =>
  writeAtomically(fileOf(folder, index, kind), `${JSON.stringify(value)}\n`);

/** What a file of a task says; null where it is not there (yet). */
export function readFile<Kind extends keyof Files>(folder: string, index: number, kind: Kind): Files[Kind] | null {
  try {
    return JSON.parse(readFileSync(fileOf(folder, index, kind), 'utf8')) as Files[Kind];
  } catch {
    return null;
  }
}

const markOf = (folder: string, index: number, mark: 'given-up' | 'taken'): string => join(folder, `${index}.${mark}`);

export const giveUp = (folder: string, index: number): void => writeFileSync(markOf(folder, index, 'given-up'), '');
export const isGivenUp = (folder: string, index: number): boolean => existsSync(markOf(folder, index, 'given-up'));

export const take = (folder: string, index: number): void => writeFileSync(markOf(folder, index, 'taken'), '');

export const logOf = (folder: string, index: number | string): string => join(folder, `${index}.log`);

/** Makes the folder of a batch with everything its jobs will read. */
export function writeBatch(run: string, batch: Batch, specs: readonly TaskSpec[], script: string): void {
  const folder = batchFolder(run, batch);
  mkdirSync(folder, { recursive: true });
  specs.forEach((spec, i) => writeFileSync(fileOf(folder, i, 'spec'), `${JSON.stringify(spec)}\n`));
  writeFileSync(join(folder, 'job.sh'), script);
  writeAtomically(join(folder, 'batch.json'), `${JSON.stringify(batch)}\n`);
}

export const scriptOf = (folder: string): string => join(folder, 'job.sh');

export const writeJob = (folder: string, job: string): void => writeAtomically(join(folder, 'job'), `${job}\n`);

export function jobOf(folder: string): string | null {
  const path = join(folder, 'job');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/** Every batch of a run that was written whole, oldest first. */
export function batchesOf(run: string): Batch[] {
  const folder = batchesFolder(run);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      try {
        return JSON.parse(readFileSync(join(folder, name, 'batch.json'), 'utf8')) as Batch;
      } catch {
        return [];
      }
    });
}

/** A task of a batch, with what its files say so far. */
export interface BatchEntry {
  readonly batch: Batch;
  readonly folder: string;
  readonly index: number;
  readonly task: BatchTask;
  readonly started: boolean;
  readonly ended: boolean;
  readonly taken: boolean;
  readonly givenUp: boolean;
}

/** How a batch stands. Reading the folder makes a network folder look again at what is in it. */
export function entriesOf(run: string, batch: Batch): BatchEntry[] {
  const folder = batchFolder(run, batch);
  const files = new Set(existsSync(folder) ? readdirSync(folder) : []);
  return batch.tasks.map((task, index) => ({
    batch,
    folder,
    index,
    task,
    started: files.has(`${index}.started.json`),
    ended: files.has(`${index}.result.json`),
    taken: files.has(`${index}.taken`),
    givenUp: files.has(`${index}.given-up`),
  }));
}

/** What of a batch is waited for. */
export const openEntries = (run: string, batch: Batch): BatchEntry[] =>
  entriesOf(run, batch).filter(({ taken, givenUp }) => !taken && !givenUp);

/** Everything that a run has at Slurm, or had there and has not taken yet. */
export const openEntriesOf = (run: string): BatchEntry[] => batchesOf(run).flatMap((batch) => openEntries(run, batch));

/** True where jobs of a run may be working now, as far as their files tell. */
export const mayBeAtWork = (run: string): boolean => openEntriesOf(run).some(({ ended }) => !ended);

export function removeBatches(run: string): void {
  rmSync(batchesFolder(run), { recursive: true, force: true });
  removeEmptyFolders(slurmFolder(run));
}
