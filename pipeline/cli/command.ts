/**
 * What a command is to the program: how it is called, what it does, and how; and what it is handed of the rest.
 * Loading one must cost nothing: its work is imported when it is called.
 */
import type { Options } from 'yargs';
import type { Registry } from '../stage.js';
import type { Terminal } from '../terminal.js';

/** Something that can be listed (`pipeline list models`). */
export interface List {
  readonly name: string;
  readonly about: string;
  /** Its rows: absent is null; a record is printed as `name value, name value`. */
  readonly load: (registry: Registry) => Promise<readonly object[]>;
}

/** A value of a table that two runs are compared by (`pipeline diff`), row by row of the table's order. */
export interface Comparison {
  readonly table: string;
  readonly value: string;
}

/** All that the program is made of; `registry.ts` is the real one. */
export interface Door {
  readonly commands: readonly Command[];
  readonly openRegistry: () => Promise<Registry>;
  readonly lists: readonly List[];
  readonly comparisons: readonly Comparison[];
}

export interface Command<Args = any> {
  /** Name and positional arguments, as yargs writes them: `run <config>`. */
  readonly usage: string;
  readonly about: string;
  /** Printed first in its help. */
  readonly example: string;
  readonly positionals?: Readonly<Record<string, Options & { readonly type?: 'string' | 'boolean' | 'number' }>>;
  readonly options?: Readonly<Record<string, Options>>;
  /** It runs another program: the words behind `--` are that program's, handed on untouched as `program`. */
  readonly runsProgram?: true;
  /** Does the work; what it throws becomes the exit code, or what it gives where another program ended with that. */
  readonly handler: (args: Args, terminal: Terminal, door: Door) => Promise<number | void>;
}

/** `run` of `run <config>`. */
export const commandName = ({ usage }: Command): string => usage.split(' ')[0];

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

/** Options that every command has. */
export const commonOptions = {
  json: { type: 'boolean', default: false, describe: 'print one JSON document on stdout' },
  quiet: { type: 'boolean', default: false, describe: 'say nothing but warnings and errors' },
  debug: { type: 'boolean', default: false, describe: 'show the stack of an error' },
} as const satisfies Record<string, Options>;
