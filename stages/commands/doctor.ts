/** `pipeline doctor`: everything that a measuring bench needs, whether it is so on this machine, and how to mend it. */
import type { Command } from '../../pipeline/cli/command.js';
import { meterOption } from './meter_option.js';

export interface DoctorArgs {
  readonly config?: string;
  readonly meter?: string;
  readonly overhead: boolean;
  readonly duration: number;
}

export const doctor: Command<DoctorArgs> = {
  usage: 'doctor [config]',
  about:
    'What a measuring bench needs, line by line: ok, or how to mend it. Exit 4 where something needed is not there.',
  example: 'pipeline doctor --meter emonpi:/dev/ttyUSB0\npipeline doctor configs/our-box.yaml',
  positionals: {
    config: {
      type: 'string',
      describe: 'the configuration of a live bench: its own meter and GPU are looked at, and what it lacks is none',
    },
  },
  options: {
    meter: meterOption,
    overhead: {
      type: 'boolean',
      default: false,
      describe: 'instead: what our own processes take of this machine, on against off',
    },
    duration: { type: 'number', default: 60, describe: 'of --overhead, s' },
  },
  handler: async (args, terminal, door) => (await import('./doctor_handler.js')).handle(args, terminal, door),
};
