/** A worker thread: runs the tasks it is sent, one after another, and tells how they went. */
import { parentPort, workerData } from 'node:worker_threads';
import { PipelineError, type ExitCode } from '../errors.js';
import type { Registry } from '../stage.js';
import type { TableSchema } from '../table.js';
import { runTask, type TaskResult, type TaskSpec } from './task.js';

export type ToWorker = { readonly run: TaskSpec } | { readonly abort: true };

/** An error as it crosses threads; `exitCode` is null for a bug. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly exitCode: ExitCode | null;
  readonly hint: string | undefined;
  /** Of an IntegrityError: the file and the task that wrote it. */
  readonly damage: { readonly file: string; readonly task: string } | null;
}

export type FromWorker =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly now?: string }
  | { readonly kind: 'done'; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly error: PlainError };

function plainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof PipelineError ? error : null;
  const damage =
    known && 'file' in known ? { file: String(known.file), task: String((known as { task?: unknown }).task) } : null;
  return { name, message, stack, exitCode: known?.exitCode ?? null, hint: known?.hint, damage };
}

const port = parentPort!;
const door = (await import((workerData as { registry: string }).registry)) as { openRegistry(): Promise<Registry> };
const registry = await door.openRegistry();
const stages = new Map(registry.stages.map(({ stage }) => [stage.name, stage]));
const schemas = new Map<string, TableSchema>(
  registry.stages.flatMap(({ stage }) => stage.writes.map((table) => [table.name, table] as const)),
);
let abort = new AbortController();

async function run(spec: TaskSpec): Promise<void> {
  abort = new AbortController();
  const say = (message: FromWorker) => port.postMessage(message);
  try {
    const result = await runTask(spec, stages.get(spec.stage)!, schemas, {
      progress: (done, total, now) => say({ kind: 'progress', done, total, now }),
      signal: abort.signal,
    });
    say({ kind: 'done', result });
  } catch (error) {
    say({ kind: 'failed', error: plainError(error) });
  }
}

port.on('message', (message: ToWorker) => {
  if ('abort' in message) abort.abort();
  else void run(message.run);
});
