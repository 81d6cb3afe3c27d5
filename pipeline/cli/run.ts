/** `pipeline run`: brings a run up to date. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export interface RunArgs {
  readonly config: string;
  readonly stage?: string;
  readonly from?: string;
  readonly force: boolean;
  readonly jobs?: number;
  readonly set: string[];
  readonly executor: 'local' | 'slurm';
  readonly detach: boolean;
  readonly onInterrupt?: 'leave' | 'cancel';
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly relock: boolean;
  readonly download: boolean;
}

export const run: Command<RunArgs> = {
  usage: 'run <config>',
  about: 'Bring a run up to date: compute what is missing or stale, keep what is fresh.',
  example: 'pipeline run configs/pc1.yaml',
  positionals: configPositional,
  options: {
    stage: { type: 'string', describe: 'only this stage and what it reads' },
    from: { type: 'string', describe: 'compute this stage anew, and what follows from it' },
    force: { type: 'boolean', default: false, describe: 'compute anew even what is fresh (with --stage: that stage)' },
    jobs: { type: 'number', describe: 'tasks at a time (default: the cores of this machine)' },
    ...setOption,
    executor: {
      choices: ['local', 'slurm'],
      default: 'local',
      describe: 'where tasks run: here, or as jobs of Slurm (the section "slurm" says what those ask for)',
    },
    detach: {
      type: 'boolean',
      default: false,
      describe: 'slurm: leave at once; a small job goes on whenever an array has ended (`status` shows how it stands)',
    },
    'on-interrupt': {
      choices: ['leave', 'cancel'],
      describe: 'slurm: what Ctrl-C does to the jobs (default: asks on a terminal, else leaves them)',
    },
    'dry-run': { type: 'boolean', default: false, describe: 'say what would be computed, and why' },
    verify: { type: 'boolean', default: false, describe: 'hash every file again instead of trusting size and time' },
    relock: { type: 'boolean', default: false, describe: 'choose the source of the measurements anew' },
    download: { type: 'boolean', default: false, describe: 'fetch the published data where they are not there' },
  },
  handler: async (args, terminal, door) => {
    const { tellStillFresh } = await import('./still_fresh.js');
    if (!tellStillFresh(args, terminal)) await (await import('./run_handler.js')).handle(args, terminal, door);
  },
};
