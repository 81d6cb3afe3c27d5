/** The resource logger as a process: started, waited for until it samples, ended; why, where it cannot. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError, UnavailableError, UsageError } from '../../../../pipeline/errors.js';
import { packageRoot } from '../../../../pipeline/paths.js';
import { type LoggerRecord, parseLoggerLine } from './logger_line.js';

const folder = join(packageRoot, 'native', 'logger');

/** What to do where the logger was never built. */
export const loggerHint = `build it: make -C ${folder} (wants gcc and make), or name it in IRENE_LOGGER`;

/** IRENE_LOGGER, else what `make` built. Throws an UnavailableError where there is neither. */
export function loggerProgram(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.IRENE_LOGGER;
  if (named) {
    if (existsSync(named)) return named;
    throw new UnavailableError(`IRENE_LOGGER names ${named}, which is not there`, loggerHint);
  }
  const built = join(folder, 'build', 'irene-logger');
  if (existsSync(built)) return built;
  throw new UnavailableError('the resource logger is not built', loggerHint);
}

export interface LoggerOptions {
  /** The log, appended to. */
  readonly log: string;
  /** Indices or UUIDs, or `all`; none for a log without GPU. */
  readonly gpus: readonly string[];
  /** Is told what it says while it starts: that a driver is slow. */
  readonly tell?: (text: string) => void;
  /** Ends it while it starts. */
  readonly signal?: AbortSignal;
}

/** NVIDIA's driver did not start in time: it hangs, or the machine has many GPUs that do not persist. */
export class DriverHangs extends UnavailableError {}

/** What the logger says of a driver that is slow, and of one that hangs: its process may stay in the kernel for ever. */
const waiting = /^waiting for/;
const givenUp = /driver does not answer/;
const lastWords_ms = 300;

/** How often it is looked whether the first sample is there, ms. */
const look_ms = 10;

/** How the logger ends where its command line is wrong. */
const usageCode = 2;

export class LoggerProcess {
  private readonly ended: Promise<number | null>;
  private said = '';

  private constructor(
    private readonly child: ChildProcess,
    tell: (text: string) => void = () => {},
  ) {
    this.ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    child.stderr!.on('data', (bytes: Buffer) => {
      this.said += bytes.toString();
      if (waiting.test(this.#told())) tell(this.#told());
    });
  }

  /** Resolves with the first sample. Throws what the logger says where it cannot: a GPU that is not there, no driver. */
  static async start(options: LoggerOptions, environment: NodeJS.ProcessEnv = process.env): Promise<LoggerProcess> {
    const { log, gpus } = options;
    const words = ['--output', log, '--quiet', '--end-with-parent', ...gpus.flatMap((gpu) => ['--gpu', gpu])];
    // A group of its own: Ctrl-C is for the program that is measured, whose end must still be seen.
    const child = spawn(loggerProgram(environment), words, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: environment }); // prettier-ignore
    const logger = new LoggerProcess(child, options.tell);
    await logger.#sampling(options);
    return logger;
  }

  /** Resolves when it has ended, asked or not. */
  get gone(): Promise<void> {
    return this.ended.then(() => undefined);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Ends it after the sample it is at. Throws an UnavailableError where it had ended by itself. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const code = await this.ended;
    if (code !== 0) throw this.#problem(code);
  }

  async #sampling({ log, signal }: LoggerOptions): Promise<void> {
    const started = (await recordsIn(log)).length;
    const isSampling = async (): Promise<boolean> =>
      (await recordsIn(log)).slice(started).some(({ kind }) => kind === 'host');
    for (;;) {
      const code = await Promise.race([this.ended, sleep(look_ms, 'runs' as const)]);
      if (code !== 'runs') throw this.#problem(code);
      if (await isSampling()) return;
      if (signal?.aborted || givenUp.test(this.said)) throw await this.#abandoned();
    }
  }

  /** The last line that it said. */
  #told(): string {
    return this.said
      .trim()
      .split('\n')
      .at(-1)!
      .replace(/^irene-logger: /, '');
  }

  #problem(code: number | null): PipelineError {
    const message = this.#told() || `the resource logger ended with ${code === null ? 'a signal' : `code ${code}`}`;
    if (givenUp.test(message)) return new DriverHangs(message);
    return code === usageCode ? new UsageError(message) : new UnavailableError(message);
  }

  /** Of a process that may be stuck in the kernel: it is not waited for. */
  async #abandoned(): Promise<PipelineError> {
    this.child.kill('SIGKILL');
    await Promise.race([this.ended, sleep(lastWords_ms)]);
    this.child.stderr!.destroy();
    this.child.unref();
    return this.#problem(null);
  }
}

/** The good lines of a log so far; none where there is no file yet. */
export async function recordsIn(log: string): Promise<LoggerRecord[]> {
  const text = await readFile(log, 'latin1').catch(() => '');
  return text.split('\n').flatMap((line) => parseLoggerLine(line) ?? []);
}
