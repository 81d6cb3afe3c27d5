/** What a command is to the program: how it is called, what it does, and how. Loading one must cost nothing. */
import type { Options } from 'yargs';
import type { Terminal } from '../terminal.js';

export interface Command<Args = any> {
  /** Name and positional arguments, as yargs writes them: `run <config>`. */
  readonly usage: string;
  readonly about: string;
  /** Printed first in its help. */
  readonly example: string;
  readonly positionals?: Readonly<Record<string, Options & { readonly type?: 'string' | 'boolean' | 'number' }>>;
  readonly options?: Readonly<Record<string, Options>>;
  /** Does the work; what it throws becomes the exit code. */
  readonly handler: (args: Args, terminal: Terminal) => Promise<void>;
}

/** The positional argument that most commands share. */
export const configPositional = {
  config: { type: 'string', describe: 'configuration file, e.g. configs/pc1.yaml', demandOption: true },
} as const;

/** Options that change what the configuration says. */
export const setOption = {
  set: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'override a value of the configuration: --set train.seeds=3',
    default: [] as string[],
  },
} satisfies Record<string, Options>;
