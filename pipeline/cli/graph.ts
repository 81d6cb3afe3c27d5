/** `pipeline graph`: the stages of a run and what flows between them. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export const graphFormats = ['text', 'dot', 'mermaid'] as const;

export interface GraphArgs {
  readonly config: string;
  readonly format: (typeof graphFormats)[number];
  readonly partitions: boolean;
  readonly set: string[];
}

export const graph: Command<GraphArgs> = {
  usage: 'graph <config>',
  about: 'The stages of a run, their partitions and the datasets between them.',
  example: 'pipeline graph configs/pc1.yaml --format dot | dot -Tsvg > graph.svg',
  positionals: configPositional,
  options: {
    format: { choices: graphFormats, default: 'text', describe: 'text, DOT (Graphviz) or Mermaid' },
    partitions: { type: 'boolean', default: false, describe: 'every task instead of every stage' },
    ...setOption,
  },
  handler: async (args, terminal, door) => (await import('./graph_handler.js')).handle(args, terminal, door),
};
