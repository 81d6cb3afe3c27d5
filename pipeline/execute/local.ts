/** Tasks on this machine's cores: worker threads, each with one task at a time and a DuckDB of its own. */
import { Worker } from 'node:worker_threads';
import { IntegrityError, InterruptedError, PipelineError } from '../errors.js';
import type { TaskResult, TaskSpec } from './task.js';
import type { FromWorker, PlainError, ToWorker } from './worker.js';

export interface Executor {
  readonly slots: number;
  run(spec: TaskSpec, progress: (done: number, total: number, now?: string) => void): Promise<TaskResult>;
  /** Ends everything at once; what was running leaves no trace but temporary files. */
  close(): Promise<void>;
}

function revive({ name, message, stack, exitCode, hint, damage }: PlainError): Error {
  if (damage) return IntegrityError.ofMessage(message, damage.task);
  const error =
    exitCode === null ? Object.assign(new Error(message), { name }) : new PipelineError(message, exitCode, hint);
  if (stack !== undefined) error.stack = stack;
  return error;
}

export class LocalExecutor implements Executor {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private closed = false;

  /** `registry` is the module that exports the stages; `slots` the number of workers. */
  constructor(
    private readonly registry: string,
    readonly slots: number,
  ) {}

  private worker(): Worker {
    const idle = this.idle.pop();
    if (idle) return idle;
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { registry: this.registry } });
    this.all.add(worker);
    worker.once('exit', () => this.all.delete(worker));
    return worker;
  }

  run(spec: TaskSpec, progress: (done: number, total: number, now?: string) => void): Promise<TaskResult> {
    if (this.closed) return Promise.reject(new InterruptedError());
    const worker = this.worker();
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        worker.off('message', hear).off('error', fail).off('exit', end);
        finish();
      };
      const hear = (message: FromWorker) => {
        if (message.kind === 'progress') return progress(message.done, message.total, message.now);
        this.idle.push(worker);
        settle(() => (message.kind === 'done' ? resolve(message.result) : reject(revive(message.error))));
      };
      const fail = (error: Error) => settle(() => reject(error));
      const end = () =>
        settle(() => reject(this.closed ? new InterruptedError() : new Error(`${spec.id}: its worker ended`)));
      worker.on('message', hear).on('error', fail).on('exit', end);
      worker.postMessage({ run: spec } satisfies ToWorker);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }
}
