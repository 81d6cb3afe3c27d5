/** `pipeline list`: what there is to choose from, and what has been run. */
import type { Command } from './command.js';

export interface ListArgs {
  readonly what?: string;
}

export const list: Command<ListArgs> = {
  usage: 'list [what]',
  about: 'What there is: models, benches, predictors, tables with their columns, runs. Without an argument: how many.',
  example: 'pipeline list models',
  positionals: { what: { type: 'string', describe: 'models, benches, predictors, tables or runs' } },
  handler: async (args, terminal, door) => (await import('./list_handler.js')).handle(args, terminal, door),
};
