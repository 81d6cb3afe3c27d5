/** How a run stands at Slurm, in lines for people: how many tasks, which run where, and how all of it is ended. */
import type { Standing, TaskStanding } from '../execute/slurm/standing.js';
import type { Terminal } from '../terminal.js';

const order = ['queued', 'running', 'done', 'failed', 'lost'] as const;

/** How many tasks are in each state; every state is named. */
export const countsAtSlurm = ({ tasks }: Standing): Record<TaskStanding['state'], number> =>
  Object.fromEntries(order.map((state) => [state, tasks.filter((one) => one.state === state).length])) as Record<
    TaskStanding['state'],
    number
  >;

/** Tasks that are shown by name. */
const shown = 8;

/** `pc1: align/gpt2 (job 12_3, 40 %)`. */
function line({ task, state, node, job, note, attempt }: TaskStanding): string {
  const about = [job && `job ${job}`, attempt > 1 && `try ${attempt}`, note].filter(Boolean).join(', ');
  return `  ${state}${node ? ` on ${node}` : ''}: ${task}${about ? ` (${about})` : ''}`;
}

/** The jobs that are still there: arrays by their number. */
function aliveJobs({ tasks, continuation }: Standing): string[] {
  const alive = tasks.filter(({ state }) => state === 'queued' || state === 'running');
  const jobs = alive.flatMap(({ job }) => (job === null ? [] : job.split('_')[0]));
  // First what would go on with the run when the others end.
  return [...new Set([...(continuation ? [continuation.job] : []), ...jobs])];
}

export function standingLines(standing: Standing, { style }: Pick<Terminal, 'style'>): string {
  const counts = countsAtSlurm(standing);
  const words = order.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  const { tasks, continuation, asked } = standing;
  const named = tasks.filter(({ state }) => state === 'running' || state === 'failed' || state === 'lost');
  const jobs = aliveJobs(standing);
  return [
    `${style.bold('slurm'.padEnd(10))} ${words.join(', ') || 'nothing in hand'}${asked ? '' : ' (by their files alone: Slurm does not answer here)'}`,
    ...named.slice(0, shown).map(line),
    ...(named.length > shown ? [`  … and ${named.length - shown} more`] : []),
    ...(continuation ? [`  job ${continuation.job} goes on with what follows (${continuation.state.toLowerCase()})`] : []), // prettier-ignore
    ...(jobs.length > 0 ? [`  to end all of it: scancel ${jobs.join(' ')}`] : []),
  ].join('\n');
}
