/** `pipeline init --bench`: a configuration and a description of this machine, to be read and completed. */
import type { Command } from '../../pipeline/cli/command.js';
import { meterOption } from './meter_option.js';

export interface InitArgs {
  readonly name?: string;
  readonly bench: boolean;
  readonly meter?: string;
  readonly gpu?: string;
  readonly force: boolean;
}

export const init: Command<InitArgs> = {
  usage: 'init [name]',
  about: 'Write a commented configuration and bench description of this machine, from what is found on it.',
  example: 'pipeline init our-box --bench --meter emonpi:/dev/ttyUSB0',
  positionals: {
    name: { type: 'string', describe: 'what the bench and its run are called (default: the host’s name)' },
  },
  options: {
    bench: { type: 'boolean', default: false, describe: 'configs/NAME.yaml and data/benches/NAME.yaml' },
    meter: meterOption,
    gpu: { type: 'string', describe: 'NVML index or UUID of the GPU that is measured (default: the first)' },
    force: { type: 'boolean', default: false, describe: 'write over files that are there' },
  },
  handler: async (args, terminal) => (await import('./init_handler.js')).handle(args, terminal),
};
