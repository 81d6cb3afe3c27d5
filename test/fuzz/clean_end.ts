/** What every end must be like, whatever came in: done, or one of the documented exits with one clear message. */
import { exitCodes, PipelineError } from '../../pipeline/errors.js';
import type { Ended } from '../pipeline/folder.js';

/** A message is read by a person: this is a page. */
const longestMessage = 8000;

const stackLine = /^\s+at .*:\d+:\d+\)?$/m;
const ofRuntime =
  /(?:TypeError|RangeError|ReferenceError|SyntaxError|is not a function|Cannot read propert|undefined|\[object Object\])/;

/** Ends of a bug are none: exit 1 tells "this is a bug". */
const documented: readonly number[] = Object.values(exitCodes).filter((code) => code !== exitCodes.unexpected);

function problemOf(message: string): string | null {
  if (message.trim() === '') return 'without a message';
  if (message.length > longestMessage) return `a message of ${message.length} characters`;
  if (stackLine.test(message)) return `a stack in its message: ${message}`;
  if (ofRuntime.test(message)) return `a message of the language: ${message}`;
  return null;
}

/** Null where a call ends as it must, else what was wrong with its end. */
export async function wrongEnd(call: () => unknown): Promise<string | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (!(error instanceof PipelineError)) return `it threw ${(error as Error).stack ?? String(error)}`;
    return problemOf(error.message);
  }
}

/** The same of a command. */
export function wrongExit({ code, stderr }: Ended): string | null {
  if (!documented.includes(code)) return `exit ${code}: ${stderr}`;
  return code === exitCodes.done ? null : problemOf(stderr);
}
