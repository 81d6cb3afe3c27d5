/** A worker thread: runs the tasks it is sent, one after another, and tells how they went. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadStages } from './load_stages.js';
import { type PlainError, plainError } from './plain_error.js';
import { runTask, type TaskResult, type TaskSpec } from './task.js';

export type ToWorker = { readonly run: TaskSpec } | { readonly abort: true };

export type FromWorker =
  | {
      readonly kind: 'progress';
      readonly done: number;
      readonly total: number;
      readonly now?: string;
      readonly urgent?: boolean;
    }
  | { readonly kind: 'done'; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly error: PlainError };

const port = parentPort!;
const loaded = await loadStages((workerData as { registry: string }).registry);
let abort = new AbortController();

async function run(spec: TaskSpec): Promise<void> {
  abort = new AbortController();
  const say = (message: FromWorker) => port.postMessage(message);
  try {
    const result = await runTask(spec, loaded, {
      progress: (done, total, now, urgent) => say({ kind: 'progress', done, total, now, urgent }),
      signal: abort.signal,
    });
    say({ kind: 'done', result });
  } catch (error) {
    say({ kind: 'failed', error: plainError(error, spec.id) });
  }
}

port.on('message', (message: ToWorker) => {
  if ('abort' in message) abort.abort();
  else void run(message.run);
});
