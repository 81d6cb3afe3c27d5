/** The program: its commands as a command line, and errors as one message with an exit code. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { exitCodes, PipelineError, UsageError } from '../errors.js';
import { packageRoot } from '../paths.js';
import { systemProblem } from '../system_problem.js';
import { printable } from '../printable.js';
import { Terminal, type Streams } from '../terminal.js';
import { commandName, commonOptions, type Command, type Door } from './command.js';
import { calledCommand, checkCommand, parserMessage } from './parser_message.js';

/** Its CommonJS: what yargs has as a module cuts lines within words. */
const yargs = createRequire(import.meta.url)('yargs') as (typeof import('yargs'))['default'];

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };

const terminalOf = (argv: readonly string[], streams: Streams): Terminal =>
  new Terminal({ json: argv.includes('--json'), quiet: argv.includes('--quiet') }, streams);

/** What is ours of a command line, and the words behind `--` where the command runs another program. */
function divided(words: readonly string[], { commands }: Door): { own: readonly string[]; behind: readonly string[] } {
  const at = words.indexOf('--');
  const called = calledCommand(words);
  const runs = commands.some((command) => command.runsProgram && commandName(command) === called);
  return runs && at > 0 ? { own: words.slice(0, at), behind: words.slice(at + 1) } : { own: words, behind: [] };
}

type Run = (command: Command, args: object) => Promise<void>;

function parser(argv: readonly string[], door: Door, run: Run) {
  const program = yargs([...argv])
    .scriptName('pipeline')
    .usage(
      'pipeline run configs/quick.yaml\n\nPredict the energy of Transformer inference, from raw logs to every table.',
    )
    .detectLocale(false)
    .version(version)
    .options(commonOptions)
    .parserConfiguration({ 'greedy-arrays': false })
    .strict()
    .wrap(100)
    .epilogue(
      'Exit codes: 0 done, 1 bug, 2 usage or configuration, 3 a check refused, 4 data or instrument not\nthere, 5 damaged file, 130 interrupted. Every command has --help.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw message ? new UsageError(parserMessage(message, argv, door), 'see `pipeline --help`') : error;
    });
  for (const command of door.commands) addCommand(program, command, run);
  return program;
}

/** Options that take a value need one; said once here. */
const complete = ([name, option]: [string, NonNullable<Command['options']>[string]]) =>
  [name, option.type === 'boolean' ? option : { requiresArg: true, ...option }] as const;

function addCommand(program: ReturnType<typeof yargs>, command: Command, run: Run): void {
  const options = Object.fromEntries(Object.entries(command.options ?? {}).map(complete));
  program.command(
    command.usage,
    command.about,
    (builder) => {
      builder.usage(`${command.example}\n\npipeline ${command.usage}\n${command.about}`);
      for (const [name, positional] of Object.entries(command.positionals ?? {}))
        builder.positional(name, positional as never);
      return builder.options(options);
    },
    (args) => {
      for (const [name, option] of Object.entries(options)) {
        if (!option.array && Array.isArray(args[name])) throw new UsageError(`--${name} is given more than once`);
      }
      return run(command, args);
    },
  );
}

/** Prints what went wrong and returns the exit code. A bug shows one line; its stack with --debug. */
export function report(thrown: unknown, argv: readonly string[], streams: Streams): number {
  const error = systemProblem(thrown) ?? thrown;
  const { style } = terminalOf(argv, streams);
  const known = error instanceof PipelineError;
  const message = error instanceof Error ? error.message : String(error);
  const lines = [`${style.red('error:')} ${known ? message : `unexpected: ${message}`}`];
  if (known && error.hint) lines.push(`${style.dim('  →')} ${error.hint}`);
  if (argv.includes('--debug')) lines.push((error as Error).stack ?? '');
  else if (!known) lines.push('  → this is a bug; the same command with --debug shows where');
  streams.stderr.write(printable(`${lines.join('\n')}\n`));
  return known ? error.exitCode : exitCodes.unexpected;
}

/** Runs the program on its arguments and returns the exit code. */
export async function program(words: readonly string[], door: Door, streams: Streams = process): Promise<number> {
  // `pipeline help run` is what some people type first.
  const named = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const { own, behind } = divided(named, door);
  // A query may begin with a comment, which is no option.
  const argv = own.map((word) => (/^--\s/.test(word) ? ` ${word}` : word));
  let ended: number = exitCodes.done;
  const run: Run = async (command, args) => {
    const given = command.runsProgram ? { ...args, program: behind } : args;
    ended = (await command.handler(given, terminalOf(argv, streams), door)) ?? exitCodes.done;
  };
  try {
    checkCommand(argv, door);
    const parsing = parser(argv, door, run);
    if (argv.every((word) => word.slice(2) in commonOptions)) {
      streams.stderr.write(`${await parsing.getHelp()}\n`);
      return exitCodes.usage;
    }
    await parsing.parseAsync();
    return ended;
  } catch (error) {
    return report(error, argv, streams);
  }
}
