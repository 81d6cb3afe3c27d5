/** `pipeline calibrate`: what a bench's wall meter sees, from measurements on it. */
import type { Command } from '../../pipeline/cli/command.js';
import { setOption } from '../../pipeline/cli/command.js';

export interface CalibrateArgs {
  readonly config?: string;
  readonly live: boolean;
  readonly from?: string;
  readonly map?: readonly string[];
  readonly where?: string;
  readonly shortest?: number;
  readonly name?: string;
  readonly output?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly set: readonly string[];
}

export const calibrate: Command<CalibrateArgs> = {
  usage: 'calibrate [config]',
  about: 'Fit a bench from a table of measurements or a measured run, test it, and refuse what cannot be trusted.',
  example: 'pipeline calibrate --from ours.csv --map wall_kwh=meter,gpu_j=nvml,time_s=t,group=model --output ours.yaml',
  positionals: { config: { type: 'string', describe: 'a measured run instead of a table: its configuration' } },
  options: {
    live: {
      type: 'boolean',
      default: false,
      describe: 'measure a designed set of models on the configuration’s bench first, and go on where it stopped',
    },
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'with --live: say what is measured, and how long it takes',
    },
    from: { type: 'string', normalize: true, describe: 'table of measurements, .csv or .parquet' },
    map: {
      type: 'string',
      array: true,
      describe:
        'its columns: wall_j, gpu_j, optionally cpu_j or cpu_pct, time_s, group (what is left out together); the unit is the key’s end: _w, _kwh, _ms, …',
    },
    where: { type: 'string', describe: 'rows to take, as a condition in SQL: "phase <> \'boot\'"' },
    shortest: {
      type: 'number',
      describe: 'leave out rows shorter than so many seconds (default: 10, where most are longer)',
    },
    name: {
      type: 'string',
      describe: 'name of the bench (default: the file’s); alone it writes data/benches/NAME.yaml',
    },
    output: { type: 'string', normalize: true, describe: 'file to write' },
    force: { type: 'boolean', default: false, describe: 'write over a file of other content' },
    ...setOption,
  },
  handler: async (args, terminal, door) => (await import('./calibrate_handler.js')).handle(args, terminal, door),
};
