/** Tasks on this machine's cores: worker threads, each with one task at a time and a DuckDB of its own. */
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { InterruptedError } from '../errors.js';
import { systemProblem } from '../system_problem.js';
import type { Executor, TellProgress } from './executor.js';
import { revived } from './plain_error.js';
import type { TaskResult, TaskSpec } from './task.js';
import type { FromWorker, ToWorker } from './worker.js';

/** How long a task that is aborted may take to end what it has started: a tracer, instruments. */
const grace_ms = 500;

export class LocalExecutor implements Executor {
  readonly oneMachine = true;
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  /** What is running, settled when it has ended, however it did. */
  private readonly busy = new Map<Worker, Promise<unknown>>();
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

  run(spec: TaskSpec, progress: TellProgress): Promise<TaskResult> {
    if (this.closed) return Promise.reject(new InterruptedError());
    const worker = this.worker();
    const ended = new Promise<TaskResult>((resolve, reject) => {
      const settle = (finish: () => void) => {
        worker.off('message', hear).off('error', fail).off('exit', end);
        finish();
      };
      const hear = (message: FromWorker) => {
        if (message.kind === 'progress') return progress(message.done, message.total, message.now, message.urgent);
        this.idle.push(worker);
        settle(() => (message.kind === 'done' ? resolve(message.result) : reject(revived(message.error))));
      };
      const fail = (error: Error) => settle(() => reject(systemProblem(error, spec.id) ?? error));
      const end = () =>
        settle(() => reject(this.closed ? new InterruptedError() : new Error(`${spec.id}: its worker ended`)));
      worker.on('message', hear).on('error', fail).on('exit', end);
      worker.postMessage({ run: spec } satisfies ToWorker);
    }).finally(() => this.busy.delete(worker));
    this.busy.set(worker, ended);
    return ended;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const worker of this.busy.keys()) worker.postMessage({ abort: true } satisfies ToWorker);
    await Promise.race([Promise.allSettled(this.busy.values()), setTimeout(grace_ms, undefined, { ref: false })]);
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }
}
