/** What `pipeline graph` does. */
import type { Graph } from '../graph.js';
import { openToRead } from '../project.js';
import type { Terminal } from '../terminal.js';
import type { Door } from './command.js';
import { dot, mermaid, text } from './graph_formats.js';
import type { GraphArgs } from './graph.js';

/** A box: a stage with its partitions, or a single task. */
export interface Box {
  readonly id: string;
  readonly stage: string;
  readonly about: string;
  readonly tasks: number;
  /** What its partitions differ in. */
  readonly by: readonly string[];
  readonly writes: readonly string[];
}

/** Tables that flow from one box to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly tables: readonly string[];
}

export interface Drawing {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** The stages of a graph, or its tasks; what flows within a stage is no arrow. */
export function drawing({ tasks }: Graph, everyTask: boolean): Drawing {
  const boxes = new Map<string, Box>();
  const arrows = new Map<string, Arrow & { tables: string[] }>();
  for (const task of tasks) {
    const { name, about, writes } = task.stage;
    const to = everyTask ? task.id : name;
    const count = boxes.get(to)?.tasks ?? 0;
    const by = Object.keys(task.partition);
    boxes.set(to, { id: to, stage: name, about, tasks: count + 1, by, writes: writes.map((table) => table.name) });
    for (const { table, from } of task.reads) {
      for (const other of from) {
        const arrow = { from: everyTask ? other.id : other.stage.name, to, tables: [] };
        const key = `${arrow.from} ${to}`;
        if (!arrows.has(key)) arrows.set(key, arrow);
        if (!arrows.get(key)!.tables.includes(table.name)) arrows.get(key)!.tables.push(table.name);
      }
    }
  }
  return { boxes: [...boxes.values()], arrows: [...arrows.values()] };
}

export async function handle(args: GraphArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const { graph } = await openToRead(args.config, await openRegistry(), args.set);
  const drawn = drawing(graph, args.partitions);
  terminal.print({ text, dot, mermaid }[args.format](drawn));
  terminal.document({ run: graph.run, ...drawn });
}
