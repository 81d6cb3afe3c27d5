/** What is wrong with a command line, in our words: with the nearest name of what there is. */
import { nearest, proposal } from '../config/nearest.js';
import { UsageError } from '../errors.js';
import { commandName, commonOptions, type Door } from './command.js';

/** The first argument that is no option: the command's name. */
export const calledCommand = (argv: readonly string[]): string | undefined =>
  argv.find((word) => !word.startsWith('-'));

/** Throws a UsageError where a command is called that there is not. */
export function checkCommand(argv: readonly string[], { commands }: Door): void {
  const called = calledCommand(argv);
  const names = commands.map(commandName);
  if (called === undefined || names.includes(called)) return;
  throw new UsageError(`no command "${called}": ${proposal(called, names)}`, 'see `pipeline --help`');
}

/** The parser's message for people. */
export function parserMessage(message: string, argv: readonly string[], { commands }: Door): string {
  const command = commands.find((one) => commandName(one) === calledCommand(argv));
  if (command && message.startsWith('Not enough non-option arguments')) {
    return `an argument is missing: pipeline ${command.usage}, e.g. ${command.example}`;
  }
  const incomplete = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (incomplete) return `--${incomplete} needs a value`;
  const [, argument, given, choices] = /Argument: (\S+), Given: "(.*?)", Choices: (.*)/.exec(message) ?? [];
  if (choices) return `${argument} ${given}: ${proposal(given, choices.replaceAll('"', '').split(', '))}`;
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  if (unknown === undefined) return message;
  const written = argv.find((word) => word.replace(/^-+/, '').split('=')[0] === unknown) ?? unknown;
  if (!written.startsWith('-')) return `unexpected argument "${unknown}"`;
  const near = nearest(unknown, Object.keys({ ...commonOptions, ...command?.options, help: 0, version: 0 }));
  return `unknown option ${written.split('=')[0]}${near ? `: did you mean --${near}?` : ''}`;
}
