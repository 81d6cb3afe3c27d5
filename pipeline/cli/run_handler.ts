/** What `pipeline run` does once it is called: everything heavy is loaded here. */
import { availableParallelism } from 'node:os';
import { InterruptedError, UsageError } from '../errors.js';
import { LocalExecutor } from '../execute/local.js';
import { filesOf } from '../freshness.js';
import { dependencies, runFolders, type Graph, type Task } from '../graph.js';
import { openProject, survey, type Project, type State } from '../project.js';
import { collectTemporary } from '../store/garbage.js';
import { lockRun } from '../store/lock.js';
import { removeOrphans } from '../store/orphans.js';
import type { Terminal } from '../terminal.js';
import { update } from '../update.js';
import type { Door } from './command.js';
import { Progress } from './progress.js';
import type { RunArgs } from './run.js';
import { checkStage } from './stage_option.js';
import { stateLines } from './status_lines.js';

/** The tasks of a stage with everything they read. */
function closure(graph: Graph, stage: string): Set<Task> {
  const wanted = new Set<Task>();
  const add = (task: Task): void => {
    if (wanted.has(task)) return;
    wanted.add(task);
    dependencies(task).forEach(add);
  };
  graph.tasks.filter((task) => task.stage.name === stage).forEach(add);
  return wanted;
}

/** An abort signal that Ctrl-C and termination raise; the workers are ended at once. */
function interruptible(executor: LocalExecutor): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => {
    controller.abort(new InterruptedError());
    void executor.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

/** What the stages say of how long their tasks will take that are not fresh. */
async function forecasts(graph: Graph, states: readonly State[]): Promise<string[]> {
  const waiting = states.filter(({ state }) => state !== 'fresh').map(({ task }) => task);
  const told = waiting.map(({ stage, partition }) =>
    stage.forecast?.(graph.settings[stage.name], graph.source, partition, graph),
  );
  return (await Promise.all(told)).flatMap((line) => line ?? []);
}

async function dryRun({ graph }: Project, args: RunArgs, wanted: (task: Task) => boolean, terminal: Terminal) {
  const states = (await survey(graph, { verify: args.verify })).filter(({ task }) => wanted(task));
  const forecast = await forecasts(graph, states);
  terminal.print([stateLines(states, terminal), ...forecast].join('\n'));
  const pick = (state: string) =>
    states.filter((s) => s.state === state).map(({ task, reason }) => ({ task: task.id, reason }));
  terminal.document({
    run: graph.run,
    stale: pick('stale'),
    waiting: pick('waiting'),
    fresh: pick('fresh').length,
    forecast,
  });
}

async function compute(
  { graph }: Project,
  registry: string,
  args: RunArgs,
  wanted: (task: Task) => boolean,
  terminal: Terminal,
) {
  const force = (task: Task): boolean => {
    if (args.from !== undefined && task.stage.name === args.from) return true;
    return args.force && (args.stage === undefined || task.stage.name === args.stage);
  };
  const executor = new LocalExecutor(registry, args.jobs ?? availableParallelism());
  const interrupt = interruptible(executor);
  try {
    const { signal } = interrupt;
    const done = await update(graph, executor, new Progress(terminal), { wanted, force, verify: args.verify, signal });
    if (args.stage === undefined) removeOrphans(graph.run, filesOf(graph, done.manifests));
    return done.counts;
  } finally {
    interrupt.release();
    await executor.close();
    collectTemporary(runFolders(graph.run));
  }
}

/** What the settings ask for and no task gives, of the stages that are wanted. */
function leftOut({ graph, registry }: Project, { stage }: RunArgs): string[] {
  const names = registry.stages.map(({ stage: { name } }) => name);
  const wanted = stage === undefined ? names : names.slice(0, names.indexOf(stage) + 1);
  return graph.leftOut.flatMap((one) => (wanted.includes(one.stage) ? [one.text] : []));
}

export async function handle(args: RunArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  if (args.jobs !== undefined && !(Number.isInteger(args.jobs) && args.jobs > 0)) {
    throw new UsageError(`--jobs ${args.jobs}: expected a number of tasks at a time, 1 or more`);
  }
  const registry = await openRegistry();
  const { relock, download, set } = args;
  const project = await openProject(args.config, registry, { relock, download, set, record: !args.dryRun });
  const { graph } = project;
  for (const name of [args.stage, args.from]) checkStage(name, registry);
  const some = args.stage === undefined ? null : closure(graph, args.stage);
  const wanted = (task: Task): boolean => some?.has(task) ?? true;
  const { style } = terminal;
  terminal.say(`${style.bold(`run ${graph.run}`)}: ${graph.source.label}`);
  const lacking = leftOut(project, args);
  for (const text of lacking) terminal.warn(text);
  if (args.dryRun) return dryRun(project, args, wanted, terminal);
  const release = lockRun(runFolders(graph.run)[0]);
  try {
    collectTemporary(runFolders(graph.run));
    const stages = await compute(project, registry.url, args, wanted, terminal);
    const { kind, label } = graph.source;
    terminal.say(`${style.bold(`run ${graph.run}`)}: ${label}; up to date, see reports/${graph.run}/index.html`);
    terminal.document({ run: graph.run, source: { kind, label }, stages, left_out: lacking });
  } finally {
    release();
  }
}
