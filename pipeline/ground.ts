/** What it rests on that a run is fresh: the program, the packages it uses, the configuration, and all that its stages read. */
import { join } from 'node:path';
import { slurmFolder } from './execute/slurm/batch.js';
import { runFolders, type Graph } from './graph.js';
import { packageRoot } from './paths.js';
import type { Registry } from './stage.js';
import { filesOfCode } from './store/code.js';
import type { Ground } from './store/memory.js';

export function groundOf(config: string, { choice, stages }: Registry, graph: Graph): Ground {
  const { places, variables } = choice.looksAt(graph.settings[choice.name]);
  const program = ['package.json', 'data', join('dist', 'pipeline'), join('dist', 'stages')];
  const files = graph.tasks.flatMap(({ stage, partition }) =>
    (stage.files?.(graph.settings[stage.name], graph.source, partition, graph.settings) ?? []).map(({ path }) => path),
  );
  return {
    places: [
      config,
      ...program.map((name) => join(packageRoot, name)),
      ...filesOfCode(),
      ...runFolders(graph.run),
      slurmFolder(graph.run),
      ...stages.flatMap(({ stage }) => stage.looksAt?.() ?? []),
      ...places,
      ...files,
    ],
    variables,
  };
}
