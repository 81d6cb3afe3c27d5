/** An error as it crosses threads and machines: plain data, and back. */
import { IntegrityError, PipelineError, type ExitCode } from '../errors.js';
import { systemProblem } from '../system_problem.js';

export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Null for a bug. */
  readonly exitCode: ExitCode | null;
  readonly hint: string | undefined;
  /** Of an IntegrityError: the file and the task that wrote it. */
  readonly damage: { readonly file: string; readonly task: string } | null;
}

/** `task` is told where the machine refused something and does not say to whom. */
export function plainError(thrown: unknown, task?: string): PlainError {
  const error = systemProblem(thrown, task) ?? thrown;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof PipelineError ? error : null;
  const damage =
    known && 'file' in known ? { file: String(known.file), task: String((known as { task?: unknown }).task) } : null;
  return { name, message, stack, exitCode: known?.exitCode ?? null, hint: known?.hint, damage };
}

export function revived({ name, message, stack, exitCode, hint, damage }: PlainError): Error {
  if (damage) return IntegrityError.ofMessage(message, damage.task, hint);
  const error =
    exitCode === null ? Object.assign(new Error(message), { name }) : new PipelineError(message, exitCode, hint);
  if (stack !== undefined) error.stack = stack;
  return error;
}
