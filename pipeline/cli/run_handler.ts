/** What `pipeline run` does once it is called: everything heavy is loaded here. */
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfiguration } from '../config/configuration.js';
import { InterruptedError, UsageError } from '../errors.js';
import { mayBeAtWork } from '../execute/slurm/batch.js';
import { refuseBesideSlurm } from '../execute/slurm/refuse_beside.js';
import { filesOf } from '../freshness.js';
import { dependencies, runFolders, type Graph, type Task } from '../graph.js';
import { groundOf } from '../ground.js';
import { openConfigured, openProject, survey, type Project, type State } from '../project.js';
import { runFolder } from '../paths.js';
import { collectTemporary, removeIfEmpty } from '../store/garbage.js';
import { lockRun, type RunLock } from '../store/lock.js';
import { remember } from '../store/memory.js';
import { removeOrphans } from '../store/orphans.js';
import type { Terminal } from '../terminal.js';
import { update } from '../update.js';
import type { Registry } from '../stage.js';
import type { Door } from './command.js';
import { type Interruptible, interruptible } from './interruptible.js';
import { Progress } from './progress.js';
import type { RunArgs } from './run.js';
import { checkStage } from './stage_option.js';
import { askedOf, isPlain, tellBegin, tellEnd } from './still_fresh.js';
import { stateLines } from './status_lines.js';
import { checkExecutor, handedOverLine, openWorkplace } from './workplace.js';

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

async function compute(project: Project, args: RunArgs, terminal: Terminal, interrupt: Interruptible) {
  const { graph } = project;
  const wanted = wantedOf(graph, args.stage);
  const force = (task: Task): boolean => {
    if (args.from !== undefined && task.stage.name === args.from) return true;
    return args.force && (args.stage === undefined || task.stage.name === args.stage);
  };
  const { signal } = interrupt;
  const place = await openWorkplace(project, args, terminal, interrupt);
  try {
    const reporter = new Progress(terminal);
    const done = await update(graph, place.executor, reporter, { wanted, force, verify: args.verify, signal });
    if (args.stage === undefined) removeOrphans(graph.run, filesOf(graph, done.manifests));
    return { stages: done.counts, handedOver: null };
  } catch (error) {
    const handedOver = error instanceof InterruptedError ? await place.handedOver() : null;
    if (handedOver) return { stages: null, handedOver };
    throw error;
  } finally {
    await place.close();
  }
}

const wantedOf = (graph: Graph, stage: string | undefined): ((task: Task) => boolean) => {
  if (stage === undefined) return () => true;
  const some = closure(graph, stage);
  return (task) => some.has(task);
};

/** What is temporary of a job of a cluster is no garbage. */
function collectUnlessAtSlurm(run: string): void {
  if (!mayBeAtWork(run)) collectTemporary(runFolders(run));
}

/** Whatever cannot be removed now, the next run removes: what went wrong before is what is told. */
function tidy(run: string, lock: RunLock): void {
  try {
    if (lock.isMine()) collectUnlessAtSlurm(run);
    lock.release();
    removeIfEmpty(runFolder(run));
  } catch {
    return;
  }
}

/** A detached run goes on as soon as a job has ended: whoever left it behind may be about to let go of the lock. */
const letGo_s = 60;

async function lockOf(run: string, { detach }: RunArgs, lost: (error: Error) => void): Promise<RunLock> {
  const goesOn = detach && process.env.SLURM_JOB_ID !== undefined;
  for (let waited_s = 0; ; waited_s++) {
    try {
      return lockRun(runFolder(run), lost);
    } catch (error) {
      if (!goesOn || waited_s >= letGo_s) throw error;
      await pause(1000);
    }
  }
}

/** All that changes the run's folders, the choice of the source too, happens under its lock. */
async function bringUpToDate(args: RunArgs, registry: Registry, terminal: Terminal): Promise<void> {
  const { relock, download, set } = args;
  const configuration = loadConfiguration(args.config, registry, set);
  const { run } = configuration;
  const interrupt = interruptible();
  const lock = await lockOf(run, args, interrupt.stop);
  try {
    if (args.executor === 'local') await refuseBesideSlurm(run);
    collectUnlessAtSlurm(run);
    const { signal } = interrupt;
    const warn = (text: string) => terminal.warn(text);
    const project = await openConfigured(configuration, registry, { relock, download, record: true, signal, warn });
    const { graph } = project;
    const { kind, label } = graph.source;
    const about = { run, source: { kind, label }, left_out: leftOut(project, args) };
    tellBegin(about, terminal);
    const { stages, handedOver } = await compute(project, args, terminal, interrupt);
    if (handedOver) {
      terminal.say(`${terminal.style.bold(`run ${run}`)}: ${handedOverLine(handedOver, args)}`);
      return terminal.document({ ...about, handed_over: handedOver });
    }
    const told = { ...about, stages };
    tellEnd(told, terminal);
    const allFresh = Object.values(stages).every(({ done }) => done === 0);
    if (allFresh && isPlain(args) && !mayBeAtWork(run)) remember(askedOf(args), told, groundOf(args.config, registry, graph)); // prettier-ignore
  } finally {
    tidy(run, lock);
    interrupt.release();
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
  checkExecutor(args);
  const registry = await openRegistry();
  for (const name of [args.stage, args.from]) checkStage(name, registry);
  if (!args.dryRun) return bringUpToDate(args, registry, terminal);
  const project = await openProject(args.config, registry, args);
  const { run, source } = project.graph;
  terminal.say(`${terminal.style.bold(`run ${run}`)}: ${source.label}`);
  for (const text of leftOut(project, args)) terminal.warn(text);
  return dryRun(project, args, wantedOf(project.graph, args.stage), terminal);
}
