/** `pipeline status`: what of a run is stale, and why. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export interface StatusArgs {
  readonly config: string;
  readonly verify: boolean;
  readonly set: string[];
}

export const status: Command<StatusArgs> = {
  usage: 'status <config>',
  about: 'What of a run is fresh or stale, and why. Writes nothing.',
  example: 'pipeline status configs/pc1.yaml',
  positionals: configPositional,
  options: {
    verify: { type: 'boolean', default: false, describe: 'hash every file again instead of trusting size and time' },
    ...setOption,
  },
  handler: async (args, terminal, door) => (await import('./status_handler.js')).handle(args, terminal, door),
};
