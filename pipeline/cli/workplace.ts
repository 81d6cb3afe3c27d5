/** Where the tasks of a run are computed, and what Ctrl-C does to them: this machine's cores, or a Slurm cluster. */
import { availableParallelism } from 'node:os';
import { exitCodes, InterruptedError, UsageError } from '../errors.js';
import type { Executor } from '../execute/executor.js';
import { LocalExecutor } from '../execute/local.js';
import type { SlurmExecutor } from '../execute/slurm/executor.js';
import type { Project } from '../project.js';
import type { Terminal } from '../terminal.js';
import type { Interruptible } from './interruptible.js';
import type { RunArgs } from './run.js';

/** What a detached run leaves behind. */
export interface HandedOver {
  readonly tasks: number;
  readonly jobs: readonly string[];
  /** The job that goes on when one of them has ended. */
  readonly continuation: string;
}

export interface Workplace {
  readonly executor: Executor;
  /** What came of handing over; null where the run stayed. */
  handedOver(): Promise<HandedOver | null>;
  close(): Promise<void>;
}

/** The workers are ended at once. */
function localWorkplace(registry: string, jobs: number | undefined, { signal }: Interruptible): Workplace {
  const executor = new LocalExecutor(registry, jobs ?? availableParallelism());
  const stop = () => void executor.close();
  signal.addEventListener('abort', stop);
  const close = () => {
    signal.removeEventListener('abort', stop);
    return executor.close();
  };
  return { executor, handedOver: async () => null, close };
}

/** The command that goes on with a detached run. */
const continuing = ({ config, stage, set }: RunArgs): string[] => [
  process.argv[1],
  ...['run', config, '--executor', 'slurm', '--detach'],
  ...(stage === undefined ? [] : ['--stage', stage]),
  ...set.flatMap((one) => ['--set', one]),
];

async function slurmWorkplace(
  project: Project,
  args: RunArgs,
  terminal: Terminal,
  interrupt: Interruptible,
): Promise<Workplace> {
  const [{ SlurmExecutor }, { SlurmPrograms }, { endContinuation, submitContinuation }] = await Promise.all([
    import('../execute/slurm/executor.js'),
    import('../execute/slurm/cluster.js'),
    import('../execute/slurm/continuation.js'),
  ]);
  const { graph, configuration, registry } = project;
  const { run } = graph;
  const settings = { ...configuration.slurm, ...(args.jobs === undefined ? {} : { at_once: args.jobs }) };
  const cluster = new SlurmPrograms(settings.patience_s, (text) => terminal.warn(text), interrupt.signal);
  await endContinuation(run, cluster);
  let handing: Promise<HandedOver> | null = null;
  let stopping: Promise<unknown> | null = null;
  const handOver = async (): Promise<HandedOver> => {
    try {
      const { job } = await submitContinuation(run, settings, cluster, executor.jobs, continuing(args));
      const left = executor.leave();
      interrupt.stop(new InterruptedError());
      return { ...(await left), continuation: job };
    } catch (error) {
      interrupt.stop(error as Error);
      throw error;
    }
  };
  const executor = await SlurmExecutor.open({
    run,
    registry: registry.url,
    settings,
    cluster,
    terminal,
    tasks: new Set(graph.tasks.map(({ id }) => id)),
    onHandedOver: () => {
      if (args.detach) (handing ??= handOver()).catch(() => undefined);
    },
  });
  const stop = () => {
    if (!handing) stopping = stopped(executor, args.onInterrupt, terminal, interrupt);
    else stopping = executor.leave();
  };
  interrupt.signal.addEventListener('abort', stop);
  const close = async () => {
    interrupt.signal.removeEventListener('abort', stop);
    await stopping;
    await executor.close();
  };
  return { executor, handedOver: async () => handing, close };
}

/** So long a person has to press Ctrl-C once more. */
const ask_ms = 10_000;

/** What becomes of jobs whose leaving or cancelling was not waited for. */
function unfinished(cancels: boolean, jobs: readonly string[]): string {
  if (jobs.length === 0) return 'what is being submitted may still come to Slurm; the same command takes it up';
  const ends = `\`scancel ${jobs.join(' ')}\` ends them`;
  if (cancels) return `jobs ${jobs.join(', ')} may not all be cancelled: ${ends}`;
  return `jobs ${jobs.join(', ')} go on at Slurm, and the same command takes up what they make; ${ends}`;
}

/** True where a person who is asked presses Ctrl-C once more in time. */
const asked = ({ again }: Interruptible): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ask_ms);
    again(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });

/** Leaves the jobs or cancels them; where nobody said which, a person at a terminal is asked. One Ctrl-C more ends it at once. */
async function stopped(
  executor: SlurmExecutor,
  said: RunArgs['onInterrupt'],
  terminal: Terminal,
  interrupt: Interruptible,
): Promise<void> {
  const byHand = interrupt.signal.reason instanceof InterruptedError;
  let cancels = byHand && said === 'cancel';
  if (byHand && said === undefined && terminal.moves && executor.inHand > 0) {
    terminal.say(`${executor.inHand} tasks at Slurm go on; Ctrl-C again, in ${ask_ms / 1000} s, cancels them`);
    cancels = await asked(interrupt);
  }
  const before = executor.jobs;
  const fate = (): string => unfinished(cancels, [...new Set([...before, ...executor.jobs])]);
  interrupt.again(() => {
    terminal.say(fate());
    process.exit(exitCodes.interrupted);
  });
  try {
    if (cancels) return terminal.say(`cancelled at Slurm: ${await executor.cancel()} tasks`);
    const { tasks, jobs } = await executor.leave();
    if (tasks > 0) terminal.say(`left to Slurm: ${tasks} tasks (jobs ${jobs.join(', ')}) go on, and the same command takes up what they make; \`scancel ${jobs.join(' ')}\` ends them`); // prettier-ignore
  } catch (error) {
    // Slurm does not answer, which was said.
    terminal.warn(error instanceof InterruptedError ? fate() : (error as Error).message);
  }
}

export async function openWorkplace(
  project: Project,
  args: RunArgs,
  terminal: Terminal,
  interrupt: Interruptible,
): Promise<Workplace> {
  if (args.executor === 'slurm') return slurmWorkplace(project, args, terminal, interrupt);
  return localWorkplace(project.registry.url, args.jobs, interrupt);
}

export const handedOverLine = ({ tasks, jobs, continuation }: HandedOver, { config }: RunArgs): string =>
  `${tasks} tasks are Slurm's (jobs ${jobs.join(', ')}); job ${continuation} goes on with what follows, and \`pipeline status ${config}\` shows how it stands`; // prettier-ignore

/** Options that only a cluster understands, and what a detached run cannot repeat each time it goes on. */
export function checkExecutor({ executor, detach, onInterrupt, force, from }: RunArgs): void {
  if (executor !== 'slurm' && (detach || onInterrupt)) {
    throw new UsageError(`${detach ? '--detach' : '--on-interrupt'}: expected --executor slurm with it`);
  }
  if (detach && (force || from !== undefined)) {
    throw new UsageError(`--detach: ${force ? '--force' : '--from'} would compute anew each time the run goes on`, 'leave --detach out'); // prettier-ignore
  }
}
