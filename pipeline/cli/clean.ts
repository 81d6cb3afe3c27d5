/** `pipeline clean`: removes what a run has computed. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export interface CleanArgs {
  readonly config: string;
  readonly stage?: string;
  readonly dryRun: boolean;
  readonly set: string[];
}

export const clean: Command<CleanArgs> = {
  usage: 'clean <config>',
  about: "Remove a run's datasets and reports; the next run computes them again. Other runs stay as they are.",
  example: 'pipeline clean configs/quick.yaml --dry-run',
  positionals: configPositional,
  options: {
    stage: { type: 'string', describe: 'only what this stage has written' },
    'dry-run': { type: 'boolean', default: false, describe: 'say what would go, and remove nothing' },
    ...setOption,
  },
  handler: async (args, terminal, door) => (await import('./clean_handler.js')).handle(args, terminal, door),
};
