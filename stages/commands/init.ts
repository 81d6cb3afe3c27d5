/**
 * `pipeline init`: a configuration to begin with; with `--bench` one of this machine with its description, to be read and
 * completed.
 */
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
  about: 'Write a commented configuration to begin with; with --bench one that measures on this machine.',
  example: 'pipeline init\npipeline init our-box --bench --meter emonpi:/dev/ttyUSB0',
  positionals: {
    name: { type: 'string', describe: 'what the run is called (default: first-run; of a bench the host’s name)' },
  },
  options: {
    bench: {
      type: 'boolean',
      default: false,
      describe: 'from what is found here: configs/NAME.yaml and data/benches/NAME.yaml',
    },
    meter: meterOption,
    gpu: { type: 'string', describe: 'NVML index or UUID of the GPU that is measured (default: the first)' },
    force: { type: 'boolean', default: false, describe: 'write over files that are there' },
  },
  handler: async (args, terminal) => (await import('./init_handler.js')).handle(args, terminal),
};
