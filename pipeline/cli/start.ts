/** Runs the program as a process: arguments in, exit code out, and no failure where a reader has seen enough. */
import { exitCodes } from '../errors.js';
import type { Door } from './command.js';
import { program, report } from './program.js';

export async function start(door: Door): Promise<void> {
  const argv = process.argv.slice(2);
  /** What nobody waits for has failed: told like everything else. */
  const fail = (error: unknown) => process.exit(report(error, argv, process));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCodes.done);
      fail(Object.assign(error, { path: stream === process.stdout ? 'standard output' : 'standard error' }));
    });
  }
  process.on('uncaughtException', fail);
  process.exitCode = await program(argv, door);
}
