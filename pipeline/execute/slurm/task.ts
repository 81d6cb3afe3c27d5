/**
 * One element of a job array: runs the task of its index and leaves its end as a file, good or bad. Where it is killed
 * before, there is no such file, and the task counts as lost.
 *
 *     node dist/pipeline/execute/slurm/task.js BATCH-FOLDER REGISTRY-URL      (SLURM_ARRAY_TASK_ID tells the index)
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { TellProgress } from '../executor.js';
import { loadStages } from '../load_stages.js';
import { plainError } from '../plain_error.js';
import { runTask, type TaskResult, type TaskSpec } from '../task.js';
import { isGivenUp, readFile, writeFile } from './batch.js';

/** Progress is written so often: a file on a network folder each time. */
const tell_ms = 2000;
/** What another host has written may be seen here so much later (NFS keeps "no such file" for acdirmax, 60 s). */
const visible_ms = 90_000;
/** After SIGTERM Slurm waits for KillWait, 30 s unless the site says so; 5 s at least leave time to clean up. */
const grace_ms = 3000;

const [folder, registry] = process.argv.slice(2);
const index = Number(process.env.SLURM_ARRAY_TASK_ID);
const abort = new AbortController();

/** This try is not waited for any more: another one runs, or nobody wants it. */
function checkWanted(): void {
  abort.signal.throwIfAborted();
  if (isGivenUp(folder, index)) throw new GivenUp(`${folder}: task ${index} is not waited for`);
}

class GivenUp extends Error {}

function teller(): TellProgress {
  let last_ms = 0;
  return (done, total, now) => {
    if (Date.now() - last_ms < tell_ms) return;
    last_ms = Date.now();
    writeFile(folder, index, 'progress', { done, total, now });
  };
}

/** Waits for what other hosts have just written. What is really not there the task itself reports. */
async function inputsVisible({ reads }: TaskSpec): Promise<void> {
  const until_ms = Date.now() + visible_ms;
  const missing = () => reads.some(({ files }) => files.some(({ path }) => !existsSync(path)));
  while (missing() && Date.now() < until_ms) await pause(500);
}

async function compute(spec: TaskSpec): Promise<TaskResult> {
  await inputsVisible(spec);
  const loaded = await loadStages(registry);
  const hooks = { progress: teller(), signal: abort.signal, beforePublishing: checkWanted };
  return runTask(spec, loaded, hooks);
}

async function main(): Promise<number> {
  const spec = readFile(folder, index, 'spec');
  if (!spec) throw new Error(`${folder}: there is no task ${index}`);
  if (readFile(folder, index, 'result') || isGivenUp(folder, index)) return 0;
  const job = `${process.env.SLURM_ARRAY_JOB_ID}_${index}`;
  writeFile(folder, index, 'started', { job, node: process.env.SLURMD_NODENAME ?? hostname(), utc_ms: Date.now() });
  console.log(`${new Date().toISOString()} ${spec.id} on ${hostname()}, job ${job}`);
  try {
    const result = await compute(spec);
    writeFile(folder, index, 'result', { kind: 'done', result, utc_ms: Date.now() });
    return 0;
  } catch (error) {
    console.error(error);
    if (abort.signal.aborted || error instanceof GivenUp) return 1;
    writeFile(folder, index, 'result', { kind: 'failed', error: plainError(error), utc_ms: Date.now() });
    return 1;
  }
}

process.once('SIGTERM', () => {
  abort.abort();
  setTimeout(() => process.exit(1), grace_ms);
});
process.exit(await main());
