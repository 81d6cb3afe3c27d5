#!/usr/bin/env node
/** The program: the registry's commands as a command line, and errors as one message with an exit code. */
import yargs from 'yargs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, PipelineError, UsageError } from './errors.js';
import { packageRoot } from './paths.js';
import { commands } from './registry.js';
import { Terminal } from './terminal.js';
import type { Command } from './cli/command.js';

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };

const common = {
  json: { type: 'boolean', default: false, global: true, describe: 'print one JSON document on stdout' },
  quiet: { type: 'boolean', default: false, global: true, describe: 'say nothing but warnings and errors' },
  debug: { type: 'boolean', default: false, global: true, describe: 'show the stack of an error' },
} as const;

function terminalOf(argv: readonly string[]): Terminal {
  return new Terminal({ json: argv.includes('--json'), quiet: argv.includes('--quiet') });
}

function parser(argv: readonly string[]) {
  const program = yargs([...argv])
    .scriptName('pipeline')
    .usage(
      'pipeline run configs/quick.yaml\n\nPredict the energy of Transformer inference, from raw logs to every table.',
    )
    .version(version)
    .options(common)
    .parserConfiguration({ 'greedy-arrays': false })
    .demandCommand(1, 'name a command')
    .recommendCommands()
    .strict()
    .wrap(100)
    .epilogue(
      'Exit codes: 0 done, 1 bug, 2 usage or configuration, 3 a check refused, 4 data or instrument not there,\n5 damaged file, 130 interrupted. Every command has --help.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message.split('\n').at(-1)!, 'see `pipeline --help`');
    });
  for (const command of commands) addCommand(program, command, argv);
  return program;
}

function addCommand(program: ReturnType<typeof yargs>, command: Command, argv: readonly string[]): void {
  program.command(
    command.usage,
    command.about,
    (builder) => {
      builder.usage(`${command.example}\n\npipeline ${command.usage}\n${command.about}`);
      for (const [name, options] of Object.entries(command.positionals ?? {}))
        builder.positional(name, options as never);
      return builder.options(command.options ?? {});
    },
    (args) => command.handler(args, terminalOf(argv)),
  );
}

/** Prints what went wrong and returns the exit code. A bug shows one line; its stack with --debug. */
function report(error: unknown, argv: readonly string[]): number {
  const { style } = terminalOf(argv);
  const known = error instanceof PipelineError;
  const message = error instanceof Error ? error.message : String(error);
  const line = known ? message : `unexpected: ${message}`;
  process.stderr.write(`${style.red('error:')} ${line}\n`);
  if (known && error.hint) process.stderr.write(`${style.dim('  →')} ${error.hint}\n`);
  if (argv.includes('--debug')) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  else if (!known) process.stderr.write('  → this is a bug; the same command with --debug shows where\n');
  return known ? error.exitCode : exitCodes.unexpected;
}

/** Runs the program on its arguments and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await parser(argv).parseAsync();
    return exitCodes.done;
  } catch (error) {
    return report(error, argv);
  }
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
