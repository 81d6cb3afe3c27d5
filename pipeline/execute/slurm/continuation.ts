/**
 * A detached run goes on by itself: a small job that depends on the jobs in hand runs the same command again when one
 * of their arrays has ended. It takes up the results, submits what has become ready, leaves the next such job behind,
 * and ends; so nothing waits on a login node, and no job of a stage starts before what it reads is finished.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../store/atomic.js';
import { logOf, slurmFolder } from './batch.js';
import type { Cluster } from './cluster.js';
import { jobScript, siteOptions } from './script.js';
import type { SlurmSettings } from './settings.js';

export interface Continuation {
  readonly name: string;
  readonly job: string;
}

const fileOf = (run: string): string => join(slurmFolder(run), 'continuation.json');

export const continuationLog = (run: string): string => logOf(slurmFolder(run), 'continuation');

/** The job that was left behind to go on with a run; null where there is none. */
export function readContinuation(run: string): Continuation | null {
  const file = fileOf(run);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Continuation) : null;
}

/** Submits it. `argv` is the program's own command line. */
export async function submitContinuation(
  run: string,
  settings: SlurmSettings,
  cluster: Cluster,
  after: readonly string[],
  argv: readonly string[],
): Promise<Continuation> {
  const name = `${Date.now().toString(36)}.${process.pid}.${run}.continuation`;
  const script = join(slurmFolder(run), 'continuation.sh');
  writeAtomically(script, jobScript(`goes on with run ${run}`, settings, argv));
  const dependency = after.map((job) => `afterany:${job}`).join('?');
  const options = [...siteOptions(settings, ''), `--output=${continuationLog(run)}`];
  if (dependency) options.push(`--dependency=${dependency}`);
  const job = await cluster.submit(name, options, script);
  writeAtomically(fileOf(run), `${JSON.stringify({ name, job })}\n`);
  return { name, job };
}

/** Called by whoever goes on with a run: the job that would have done so is not needed. */
export async function endContinuation(run: string, cluster: Cluster): Promise<void> {
  const waiting = readContinuation(run);
  if (!waiting) return;
  if (waiting.job !== process.env.SLURM_JOB_ID) await cluster.cancel(waiting.name);
  rmSync(fileOf(run), { force: true });
}
