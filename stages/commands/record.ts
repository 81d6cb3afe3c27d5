/** `pipeline record`: the joules of any program, at the wall and of the GPU. */
import type { Command } from '../../pipeline/cli/command.js';
import { meterOption } from './meter_option.js';

export interface RecordArgs {
  readonly meter?: string;
  readonly gpu?: readonly string[];
  readonly standby?: string;
  readonly on?: string;
  readonly logs?: string;
  readonly json: boolean;
  readonly program: readonly string[];
}

export const record: Command<RecordArgs> = {
  usage: 'record',
  about:
    'The joules of any program: at the wall by a meter, of GPU and CPU by their counters, each with its uncertainty. Ends with the program’s exit code; what it measured is on stderr.',
  example: 'pipeline record --meter emonpi:/dev/ttyUSB0,uncertainty=1% -- python infer.py',
  options: {
    meter: meterOption,
    gpu: { type: 'string', array: true, describe: 'NVML index or UUID (default: every GPU; none where there is none)' },
    standby: {
      type: 'string',
      describe: 'subtract standby: measured for so long before the program (30s), or as stated (61.5W)',
    },
    on: {
      type: 'string',
      describe: 'without a meter: estimate the wall’s joules by this bench (pipeline list benches), labelled estimated',
    },
    logs: { type: 'string', normalize: true, describe: 'folder to keep the logs in; it must not be there' },
  },
  runsProgram: true,
  handler: async (args, terminal) => (await import('./record_handler.js')).handle(args, terminal),
};
