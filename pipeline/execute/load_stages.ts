/** The stages by name and the schemas of their tables, for whoever runs tasks in a thread or process of its own. */
import type { Registry, Stage } from '../stage.js';
import type { TableSchema } from '../table.js';

export interface LoadedStages {
  readonly stages: ReadonlyMap<string, Stage<any>>;
  readonly schemas: ReadonlyMap<string, TableSchema>;
}

/** `url` is that of the module whose `openRegistry()` gives them. */
export async function loadStages(url: string): Promise<LoadedStages> {
  const door = (await import(url)) as { openRegistry(): Promise<Registry> };
  const { stages } = await door.openRegistry();
  return {
    stages: new Map(stages.map(({ stage }) => [stage.name, stage])),
    schemas: new Map(stages.flatMap(({ stage }) => stage.writes.map((table) => [table.name, table] as const))),
  };
}
