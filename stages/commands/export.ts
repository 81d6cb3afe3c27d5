/** `pipeline export`: a run as a folder that others can check, read and reproduce. */
import { configPositional, setOption, type Command } from '../../pipeline/cli/command.js';

export interface ExportArgs {
  readonly config: string;
  readonly output?: string;
  readonly stage?: string;
  readonly set: readonly string[];
}

export const exportCommand: Command<ExportArgs> = {
  usage: 'export <config>',
  about: 'A run as a folder to publish: logs, tables, report, inputs, description, SHA-256 of every file.',
  example: 'pipeline export configs/pc1.yaml --output pc1-measurements',
  positionals: configPositional,
  options: {
    output: { type: 'string', normalize: true, describe: 'folder to make (default: RUN-export); it must not be there' },
    stage: { type: 'string', describe: 'leave out what comes after this stage: --stage align' },
    ...setOption,
  },
  handler: async (args, terminal, door) => (await import('./export_handler.js')).handle(args, terminal, door),
};
