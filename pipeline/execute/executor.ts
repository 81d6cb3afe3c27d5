/** What runs tasks: this machine's cores, or the nodes of a cluster. */
import type { TaskResult, TaskSpec } from './task.js';

/** `now` says in words what is being done; `urgent`: told even where no line moves. */
export type TellProgress = (done: number, total: number, now?: string, urgent?: boolean) => void;

export interface Executor {
  /** So many tasks it takes at a time. */
  readonly slots: number;
  /** True where all tasks share a machine: one that needs an instrument then runs alone. */
  readonly oneMachine: boolean;
  run(spec: TaskSpec, progress: TellProgress): Promise<TaskResult>;
  /** Something failed: what has not begun shall not, and rejects with `NotBegun`; what has goes on to its end. */
  drain?(): void;
  /** Ends everything soon; what was running leaves no trace but temporary files. */
  close(): Promise<void>;
}

/** A task that was handed over and given back untouched. */
export class NotBegun extends Error {
  override readonly name = 'NotBegun';
}
