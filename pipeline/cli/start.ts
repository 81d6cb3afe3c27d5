/** Runs the program as a process: arguments in, exit code out, and no failure where a reader has seen enough. */
import { exitCodes } from '../errors.js';
import type { Door } from './command.js';
import { program } from './program.js';

export async function start(door: Door): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCodes.done);
      throw error;
    });
  }
  process.exitCode = await program(process.argv.slice(2), door);
}
