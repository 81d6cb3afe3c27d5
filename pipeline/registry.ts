/**
 * The seven stages in order, the choice of the source, and the commands: the engine's only door to `stages/`. Stages
 * are loaded when a command needs them, so that `--help` does not; so is what a command does.
 */
import type { Command, Comparison, List } from './cli/command.js';
import { commands as commandsOfStages } from '../stages/commands/list.js';
import { engineCommands } from './cli/engine_commands.js';
import type { Registry, SourceChoice, Stage } from './stage.js';

export const commands: readonly Command[] = [...engineCommands, ...commandsOfStages];

const folder = new URL('../stages/', import.meta.url);

async function load(name: string): Promise<Registry['stages'][number]> {
  const module = new URL(`${name}/stage.js`, folder);
  const exported = (await import(module.href)) as Record<string, Stage<any>>;
  return { stage: exported[name], module };
}

export async function openRegistry(): Promise<Registry> {
  const names = ['trace', 'profile', 'align', 'featurize', 'train', 'evaluate', 'report'];
  const [stages, { source }] = await Promise.all([
    Promise.all(names.map(load)),
    import('../stages/energy/benches/source.js') as Promise<{ source: SourceChoice<any> }>,
  ]);
  return { url: import.meta.url, stages, choice: source };
}

export const lists: readonly List[] = [
  {
    name: 'models',
    about: 'model configurations that can be traced',
    load: async () => (await import('../stages/energy/tree/model_list.js')).modelList(),
  },
  {
    name: 'benches',
    about: 'machines with their instruments',
    load: async () => (await import('../stages/energy/benches/bench_list.js')).benchList(),
  },
  {
    name: 'predictors',
    about: 'what maps features to joules',
    load: async () => (await import('../stages/energy/predictors/predictor_list.js')).predictorList(),
  },
  {
    name: 'tables',
    about: 'columns of the datasets, and the tables and figures of the report',
    load: async (registry) => [
      ...(await import('./cli/list_tables.js')).listTables(registry),
      ...(await import('../stages/report/output_list.js')).outputList(),
    ],
  },
  {
    name: 'runs',
    about: 'what has been run in this folder',
    load: async () => (await import('./cli/list_runs.js')).listRuns(),
  },
];

/** Two runs are compared by the errors of their predictors. */
export const comparisons: readonly Comparison[] = [{ table: 'errors', value: 'mean_pct' }];
