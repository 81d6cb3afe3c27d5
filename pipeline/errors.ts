/**
 * Expected failures. Each carries the exit code it ends the program with (DESIGN 6); anything else that is thrown is a
 * bug and exits 1. The message says where, what was expected and what to do; only `--debug` adds the stack.
 */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  refused: 3,
  unavailable: 4,
  integrity: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export class PipelineError extends Error {
  override readonly name: string = 'PipelineError';
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Wrong command line or configuration: exit 2. */
export class UsageError extends PipelineError {
  override readonly name = 'UsageError';
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, exitCodes.usage, hint, options);
  }
}

/** A quality gate refused: exit 3. */
export class RefusedError extends PipelineError {
  override readonly name = 'RefusedError';
  constructor(message: string, hint?: string) {
    super(message, exitCodes.refused, hint);
  }
}

/** An instrument or data is not there or not readable as what it should be: exit 4. */
export class UnavailableError extends PipelineError {
  override readonly name = 'UnavailableError';
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, exitCodes.unavailable, hint, options);
  }
}

/** A file is not what its manifest recorded: exit 5. Names the file and the task that made it. */
export class IntegrityError extends PipelineError {
  override readonly name = 'IntegrityError';
  constructor(
    readonly file: string,
    readonly task: string,
    reason: string,
    hint = 'the next `pipeline run` recomputes just that file; nothing else is lost',
  ) {
    super(`${file} is damaged: ${reason}`, exitCodes.integrity, hint);
  }

  /** The same error from its message, as a manifest keeps it and a worker sends it. */
  static ofMessage(message: string, task: string, hint?: string): IntegrityError {
    const middle = ' is damaged: ';
    const at = message.indexOf(middle);
    return at < 0
      ? new IntegrityError(task, task, message, hint)
      : new IntegrityError(message.slice(0, at), task, message.slice(at + middle.length), hint);
  }
}

/** Ctrl-C or a termination signal: exit 130. */
export class InterruptedError extends PipelineError {
  override readonly name = 'InterruptedError';
  constructor() {
    super('interrupted; finished tasks are kept, the same command goes on from there', exitCodes.interrupted);
  }
}
