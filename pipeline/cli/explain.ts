/** `pipeline explain`: what each task reads and writes, and why it is fresh or stale. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export interface ExplainArgs {
  readonly config: string;
  readonly stage?: string;
  readonly set: string[];
}

export const explain: Command<ExplainArgs> = {
  usage: 'explain <config> [stage]',
  about: 'What each task reads, depends on and wrote, and why it is fresh or stale. Writes nothing.',
  example: 'pipeline explain configs/quick.yaml align',
  positionals: { ...configPositional, stage: { type: 'string', describe: 'only the tasks of this stage' } },
  options: setOption,
  handler: async (args, terminal, door) => (await import('./explain_handler.js')).handle(args, terminal, door),
};
