/** `pipeline check`: every finding of a run. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export interface CheckArgs {
  readonly config: string;
  readonly set: string[];
}

export const check: Command<CheckArgs> = {
  usage: 'check <config>',
  about: 'Every finding of a run, the gravest first; exit 3 if one refuses.',
  example: 'pipeline check configs/pc1.yaml',
  positionals: configPositional,
  options: setOption,
  handler: async (args, terminal, door) => (await import('./check_handler.js')).handle(args, terminal, door),
};
