/** What `pipeline status` does. */
import { askedOnce } from '../execute/slurm/cluster.js';
import { standing } from '../execute/slurm/standing.js';
import { runFolder } from '../paths.js';
import { openProject, survey, type State } from '../project.js';
import { writerOf } from '../store/lock.js';
import type { Terminal } from '../terminal.js';
import type { Door } from './command.js';
import type { StatusArgs } from './status.js';
import { countsAtSlurm, standingLines } from './slurm_lines.js';
import { stateLines } from './status_lines.js';

type Counts = Record<State['state'], number>;

function countsOf(states: readonly State[]): Record<string, Counts> {
  const stages: Record<string, Counts> = {};
  for (const { task, state } of states) (stages[task.stage.name] ??= { fresh: 0, stale: 0, waiting: 0 })[state]++;
  return stages;
}

export async function handle(args: StatusArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const { graph } = await openProject(args.config, await openRegistry(), { set: args.set });
  const { run, source } = graph;
  const writer = writerOf(runFolder(run));
  if (writer) terminal.warn(`run ${run} is being computed by ${writer}`);
  const states = await survey(graph, { verify: args.verify });
  const { style } = terminal;
  const atSlurm = await standing(run, askedOnce());
  const fresh = states.every(({ state }) => state === 'fresh');
  terminal.print(`${style.bold(`run ${run}`)}: ${source.label}\n${stateLines(states, terminal)}`);
  if (atSlurm) terminal.print(standingLines(atSlurm, terminal));
  terminal.print(fresh ? 'up to date' : `bring it up to date: pipeline run ${args.config}`);
  terminal.document({
    run,
    source: { kind: source.kind, label: source.label },
    up_to_date: fresh,
    stages: countsOf(states),
    slurm: atSlurm && { ...countsAtSlurm(atSlurm), ...atSlurm },
    tasks: states.map(({ task, state, reason }) => ({ task: task.id, state, reason })),
  });
}
