/** How a run's tasks stand at Slurm, told from the files of its batches and, where Slurm answers, its queue. */
import { batchesOf, type BatchEntry, entriesOf, jobOf, openEntriesOf, readFile } from './batch.js';
import { type Cluster, keyOf, type Queued } from './cluster.js';
import { type Continuation, readContinuation } from './continuation.js';

export interface TaskStanding {
  readonly task: string;
  /** `lost`: Slurm has it no more and nothing came of it; the next run submits it again. */
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'lost';
  /** The element's name at Slurm, where it is known. */
  readonly job: string | null;
  readonly node: string | null;
  readonly attempt: number;
  /** Why it is queued, how far it is. */
  readonly note: string | null;
}

export interface Standing {
  /** False where only the files were asked. */
  readonly asked: boolean;
  readonly tasks: readonly TaskStanding[];
  /** The job that goes on with a detached run; null where none waits or runs. */
  readonly continuation: { readonly job: string; readonly state: string } | null;
}

function standingOf(entry: BatchEntry, queue: ReadonlyMap<string, Queued> | null): TaskStanding {
  const { batch, folder, index, task, started, ended } = entry;
  const there = queue?.get(keyOf({ name: batch.name, index }));
  const told = started ? readFile(folder, index, 'started') : null;
  const number = jobOf(folder) ?? there?.job ?? null;
  const about = {
    task: task.id,
    job: told?.job ?? (number === null ? null : `${number}_${index}`),
    node: told?.node ?? null,
    attempt: task.attempt,
  };
  // What is in the queue no more may have ended since its files were listed.
  const end = ended || (queue && !there) ? readFile(folder, index, 'result') : null;
  if (end || ended) {
    return { ...about, state: end?.kind ?? 'running', note: end?.kind === 'failed' ? end.error.message : null };
  }
  if (queue && !there) return { ...about, state: 'lost', note: null };
  if (!started) return { ...about, state: 'queued', note: there?.reason ?? null };
  const progress = readFile(folder, index, 'progress');
  const share = progress && progress.total > 0 ? `${Math.round((100 * progress.done) / progress.total)} %` : null;
  return { ...about, state: 'running', note: [share, progress?.now].filter(Boolean).join(', ') || null };
}

/** What of them is in Slurm's queue; null where it does not answer, or is not here. */
function queueOf(
  entries: readonly BatchEntry[],
  continuation: Continuation | null,
  cluster: Pick<Cluster, 'queue'>,
): Promise<Queued[] | null> {
  const batches = new Set(entries.map(({ batch }) => batch.name));
  return cluster.queue([...batches, ...(continuation ? [continuation.name] : [])]).catch(() => null);
}

/** Null where nothing of the run is or was at Slurm since it was last finished. */
export async function standing(run: string, cluster: Pick<Cluster, 'queue'>): Promise<Standing | null> {
  const latest = new Map<string, BatchEntry>();
  for (const batch of batchesOf(run)) {
    for (const entry of entriesOf(run, batch)) if (!entry.givenUp) latest.set(entry.task.id, entry);
  }
  const continuation = readContinuation(run);
  if (latest.size === 0 && !continuation) return null;
  const rows = await queueOf([...latest.values()], continuation, cluster);
  const queue = rows && new Map(rows.map((row) => [keyOf(row), row]));
  const next = rows?.find(({ name }) => name === continuation?.name);
  if (latest.size === 0 && !next) return null;
  return {
    asked: rows !== null,
    tasks: [...latest.values()].map((entry) => standingOf(entry, queue)),
    continuation: next ? { job: next.job, state: next.state } : null,
  };
}

/** The jobs of a run that may still be alive, in words; null where there are none. Asks Slurm only where files say so. */
export async function aliveAtSlurm(run: string, cluster: Pick<Cluster, 'queue'>): Promise<string | null> {
  const open = openEntriesOf(run).filter(({ ended }) => !ended);
  const continuation = readContinuation(run);
  if (open.length === 0 && !continuation) return null;
  const rows = await queueOf(open, continuation, cluster);
  if (rows === null) return `${open.length} of its tasks were given to Slurm, which does not answer here`;
  if (rows.length === 0) return null;
  const jobs = [...new Set(rows.map(({ job }) => job))];
  return `Slurm has jobs of it (${jobs.join(', ')})`;
}
