/** A task in the executor's hands: what was asked for, and where it is now. */
import type { TellProgress } from '../executor.js';
import type { TaskResult, TaskSpec } from '../task.js';
import { type BatchEntry, giveUp, jobOf } from './batch.js';

export interface Hand {
  readonly spec: TaskSpec;
  readonly progress: TellProgress;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: unknown) => void;
  /** How often it has been submitted. */
  attempts: number;
  /** Where it was submitted; null while it waits for that. */
  place: Pick<BatchEntry, 'batch' | 'folder' | 'index'> | null;
  /** Submitted by an earlier run of the program. */
  adopted: boolean;
  /** Since when Slurm does not have it any more and no result is seen; null while it has. */
  missing_ms: number | null;
}

/** The element's name at Slurm, null where its job's number is not known. */
export function elementOf({ folder, index }: Pick<BatchEntry, 'folder' | 'index'>): string | null {
  const job = jobOf(folder);
  return job === null ? null : `${job}_${index}`;
}

/** It is not waited for at that place any more. */
export function leavePlace(hand: Hand): void {
  if (hand.place) giveUp(hand.place.folder, hand.place.index);
  hand.place = null;
  hand.missing_ms = null;
  hand.adopted = false;
}
