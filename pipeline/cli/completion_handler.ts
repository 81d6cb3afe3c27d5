/** What `pipeline completion` does: the scripts are made of the table of commands and options that the parser uses. */
import type { Registry } from '../stage.js';
import type { Terminal } from '../terminal.js';
import { commandName, commonOptions, type Command, type Door } from './command.js';
import { bash } from './completion/bash.js';
import { fish } from './completion/fish.js';
import type { CompletionArgs } from './completion.js';
import { zsh } from './completion/zsh.js';

/** What may stand in a place: one of these words, a file whose name ends so (`.yaml`, or empty for any), or anything. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files'; readonly ending: string }
  | { readonly kind: 'any' };

export interface CompletedOption {
  /** `--stage` */
  readonly flag: string;
  readonly about: string;
  /** Null where it takes no value. */
  readonly values: Values | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  readonly positionals: readonly { readonly name: string; readonly values: Values }[];
}

type Described = NonNullable<Command['options']>[string];

/** What a name stands for wherever it is used; a command's own choices come first. */
function valuesOf(name: string, { choices }: Described, known: Readonly<Record<string, Values>>): Values {
  if (choices) return { kind: 'words', words: choices.map(String) };
  return known[name] ?? { kind: 'any' };
}

export function completedCommands({ commands, lists }: Door, { stages }: Registry): CompletedCommand[] {
  const stageNames: Values = { kind: 'words', words: stages.map(({ stage }) => stage.name) };
  const configuration: Values = { kind: 'files', ending: '.yaml' };
  const known: Readonly<Record<string, Values>> = {
    stage: stageNames,
    from: stageNames,
    config: configuration,
    a: configuration,
    b: configuration,
    what: { kind: 'words', words: lists.map(({ name }) => name) },
    output: { kind: 'files', ending: '' },
  };
  return commands.map((command) => ({
    name: commandName(command),
    about: command.about,
    options: [
      ...Object.entries<Described>({ ...command.options, ...commonOptions }),
      ['help', { type: 'boolean', describe: 'show help' }] as const,
    ].map(([name, option]) => ({
      flag: `--${name}`,
      about: option.describe ?? '',
      values: option.type === 'boolean' ? null : valuesOf(name, option, known),
    })),
    positionals: Object.entries<Described>(command.positionals ?? {}).map(([name, positional]) => ({
      name,
      values: valuesOf(name, positional, known),
    })),
  }));
}

export async function handle({ shell }: CompletionArgs, terminal: Terminal, door: Door): Promise<void> {
  const script = { bash, zsh, fish }[shell](completedCommands(door, await door.openRegistry()));
  terminal.print(script);
  terminal.document({ shell, script });
}
