/** `pipeline diff`: two runs side by side. */
import type { Command } from './command.js';

export interface DiffArgs {
  readonly a: string;
  readonly b: string;
  readonly above: number;
}

const side = { type: 'string', describe: 'a configuration file or the name of a run', demandOption: true } as const;

export const diff: Command<DiffArgs> = {
  usage: 'diff <a> <b>',
  about: 'Two runs side by side: settings, sources, errors, and which tables of the report differ.',
  example: 'pipeline diff configs/pc1.yaml configs/quick.yaml --above 0.5',
  positionals: { a: side, b: side },
  options: {
    above: { type: 'number', default: 0.01, describe: 'list values that differ by more than this, in their unit' },
  },
  handler: async (args, terminal, door) => (await import('./diff_handler.js')).handle(args, terminal, door),
};
