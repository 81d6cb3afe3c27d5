/** `pipeline doctor`: everything that a measuring bench needs, whether it is so on this machine, and how to mend it. */
import type { Command } from '../../pipeline/cli/command.js';
import { meterOption } from './meter_option.js';

export interface DoctorArgs {
  readonly meter?: string;
  readonly overhead: boolean;
  readonly duration: number;
}

export const doctor: Command<DoctorArgs> = {
  usage: 'doctor',
  about:
    'What a measuring bench needs, line by line: ok, or how to mend it. Exit 4 where something needed is not there.',
  example: 'pipeline doctor --meter emonpi:/dev/ttyUSB0',
  options: {
    meter: meterOption,
    overhead: {
      type: 'boolean',
      default: false,
      describe: 'instead: what our own processes take of this machine, on against off',
    },
    duration: { type: 'number', default: 60, describe: 'of --overhead, s' },
  },
  handler: async (args, terminal) => (await import('./doctor_handler.js')).handle(args, terminal),
};
