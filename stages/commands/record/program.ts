/** The program that is measured: found before anything starts, stamped at both ends, its signals its own. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../../pipeline/errors.js';
import { hostClock_us } from '../../energy/meters/host_clock.js';

export interface Ended {
  /** On the host's monotonic clock. */
  readonly start_us: number;
  readonly end_us: number;
  /** As a shell tells it: 128 and the signal's number where a signal ended it. */
  readonly code: number;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Throws a UsageError where nothing is to be run, or there is no such program. */
export function checkProgram([name]: readonly string[]): void {
  if (name === undefined) throw new UsageError('nothing to measure: expected a program behind --', 'pipeline record -- python infer.py'); // prettier-ignore
  const places = name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  if (places.some((place) => isProgram(place === '' ? name : join(place, name)))) return;
  throw new UsageError(`${name}: there is no such program`, 'is it in the PATH, and may it be executed?');
}

const nothing = (): void => {};

/**
 * Lets a program have the signals that would end us, from before it starts: Ctrl-C reaches it by itself, and its end is
 * still measured. Gives what undoes it.
 */
function leaveSignals(kill: (signal: NodeJS.Signals) => void): () => void {
  process.on('SIGINT', nothing).on('SIGTERM', kill);
  return () => void process.off('SIGINT', nothing).off('SIGTERM', kill);
}

/** Runs it. With `aside` its standard output goes to standard error, for ours is a document. */
export function runProgram([name, ...words]: readonly string[], aside: boolean): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const settled = leaveSignals((signal) => void child.kill(signal));
    const start_us = hostClock_us();
    const child = spawn(name, words, { stdio: ['inherit', aside ? 2 : 'inherit', 'inherit'] });
    child.once('error', (error) => (settled(), reject(new UsageError(`${name} cannot be run: ${error.message}`))));
    child.once('exit', (code, signal) => {
      const end_us = hostClock_us();
      settled();
      resolve({ start_us, end_us, code: code ?? 128 + (signal ? system.signals[signal] : 0) });
    });
  });
}
