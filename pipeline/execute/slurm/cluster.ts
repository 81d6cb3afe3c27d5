/**
 * Slurm as its programs show it: sbatch, squeue, scancel, scontrol. Nothing here needs its accounting. Where the
 * controller does not answer (it restarts, the network is down) a question is answered by null, and a submission is
 * tried again for a while: sbatch's answer may have been lost after the job was taken, so it is looked for first.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { InterruptedError, UnavailableError, UsageError } from '../../errors.js';

/** An element of a job array in the queue. */
export interface Queued {
  readonly name: string;
  /** The array's number; with the index it names the element. */
  readonly job: string;
  /** Null for a job that is no array. */
  readonly index: number | null;
  /** `PENDING`, `RUNNING`, … */
  readonly state: string;
  readonly node: string;
  readonly reason: string;
}

/** Slurm takes no more jobs of this user now. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

export interface Cluster {
  /** Submits a job of a name that no other has, and returns its number. */
  submit(name: string, options: readonly string[], script: string): Promise<string>;
  /** What is in the queue under these names; null where Slurm does not answer. */
  queue(names: readonly string[]): Promise<Queued[] | null>;
  /** Ends the jobs of a name, or these of them. A number alone may be another's: a killed controller gives some again. */
  cancel(name: string, jobs?: readonly string[], options?: readonly string[]): Promise<void>;
  /** How many elements an array may have. */
  arrayLimit(): Promise<number>;
  /** How a job that is no longer queued ended, in Slurm's word: `TIMEOUT`, `NODE_FAIL`; null where it does not tell. */
  ending(job: string): Promise<string | null>;
}

/** What a program said and how it ended. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Call = (program: string, args: readonly string[]) => Promise<Said>;

/** Longer than Slurm's own MessageTimeout allows. */
const answers_s = 120;

/** Runs a program in a group of its own: Ctrl-C must not reach an sbatch that is half done. */
export const call: Call = async (program, args) => {
  const { $ } = await import('zx');
  const shell = $({ nothrow: true, quiet: true, detached: true, timeout: `${answers_s}s` });
  const { exitCode, stdout, stderr } = await shell`${program} ${args}`;
  return { code: exitCode ?? 1, stdout, stderr };
};

/** The shell's code for a program that is not there. */
const notFound = 127;

const silent =
  /unable to contact|connect|timed out|timeout|temporarily|zero bytes|transport|not respond|in standby|communication/i;
const full =
  /maxsubmit|submit.*limit|job limit|maximum (?:number of )?jobs?|too many jobs|resource temporarily unavailable/i;

/** What a program complained about, without its name before it. */
const complaint = ({ stderr, stdout, code }: Said): string =>
  (stderr.trim() || stdout.trim() || `it ended with ${code}`).replaceAll(/^\w+: (?:error: )?/gm, '');

export const firstWait_s = 1;
const longestWait_s = 30;

export class SlurmPrograms implements Cluster {
  constructor(
    private readonly patience_s: number,
    private readonly warn: (text: string) => void,
    /** Aborted where nobody wants to wait for an answer any more. */
    private readonly signal: AbortSignal,
    private readonly run: Call = call,
    private readonly wait = (seconds: number, signal: AbortSignal): Promise<unknown> =>
      pause(seconds * 1000, undefined, { signal }).catch(() => undefined),
  ) {}

  private async program(name: string, args: readonly string[]): Promise<Said> {
    const said = await this.run(name, args);
    if (said.code === notFound) {
      throw new UnavailableError(`${name} is not there`, 'run this where Slurm is installed, or without --executor slurm'); // prettier-ignore
    }
    return said;
  }

  /** Asks until Slurm answers; null from `ask` is no answer. Waits longer each time. */
  private async answered<Answer>(ask: () => Promise<Answer | Said>): Promise<Answer> {
    let waited_s = 0;
    for (let wait_s = firstWait_s; ; wait_s = Math.min(longestWait_s, 2 * wait_s)) {
      const answer = await ask();
      if (!isSaid(answer)) return answer;
      if (waited_s >= this.patience_s) {
        throw new UnavailableError(`Slurm has not answered for ${Math.round(waited_s)} s: ${complaint(answer)}`, 'the same command goes on when it does'); // prettier-ignore
      }
      if (waited_s === 0) this.warn(`Slurm does not answer, trying again: ${complaint(answer)}`);
      await this.wait(wait_s, this.signal);
      if (this.signal.aborted) throw new InterruptedError();
      waited_s += wait_s;
    }
  }

  async submit(name: string, options: readonly string[], script: string): Promise<string> {
    let again = false;
    return this.answered(async () => {
      if (again) {
        const found = await this.queue([name]);
        if (found === null) return { code: 1, stdout: '', stderr: 'no answer' };
        if (found.length > 0) return found[0].job;
      }
      again = true;
      const said = await this.program('sbatch', ['--parsable', `--job-name=${name}`, ...options, script]);
      if (said.code === 0) return said.stdout.trim().split(';')[0];
      const text = complaint(said);
      if (full.test(text)) throw new NoRoom(text);
      if (silent.test(text)) return said;
      throw new UsageError(`Slurm refuses the job: ${text.split('\n').join('; ')}`, 'the section "slurm" of the configuration says what jobs ask for'); // prettier-ignore
    });
  }

  async queue(names: readonly string[]): Promise<Queued[] | null> {
    const said = await this.program('squeue', ['-h', '-r', `--name=${names.join(',')}`, '-o', '%j|%F|%K|%T|%N|%r']);
    if (said.code !== 0) return null;
    const lines = said.stdout.split('\n').filter((line) => line.includes('|'));
    return lines.map((line) => {
      const [name, job, index, state, node, ...reason] = line.split('|');
      return { name, job, index: /^\d+$/.test(index) ? Number(index) : null, state, node, reason: reason.join('|') };
    });
  }

  async cancel(name: string, jobs: readonly string[] = [], options: readonly string[] = []): Promise<void> {
    await this.answered(async () => {
      const said = await this.program('scancel', [`--name=${name}`, ...options, ...jobs]);
      return said.code !== 0 && silent.test(complaint(said)) ? said : null;
    });
  }

  async arrayLimit(): Promise<number> {
    return this.answered(async () => {
      const said = await this.program('scontrol', ['show', 'config']);
      if (said.code !== 0) return said;
      return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(said.stdout)?.[1] ?? 1);
    });
  }

  async ending(job: string): Promise<string | null> {
    const said = await this.program('scontrol', ['-o', 'show', 'job', job]);
    return said.code === 0 ? (/\bJobState=(\w+)/.exec(said.stdout)?.[1] ?? null) : null;
  }
}

/** Slurm for a question that is not worth waiting for. */
export const askedOnce = (): Cluster => new SlurmPrograms(0, () => {}, AbortSignal.abort());

/** What names an element, in the queue as in a batch. */
export const keyOf = ({ name, index }: Pick<Queued, 'name' | 'index'>): string => `${name} ${index}`;

const isSaid = (answer: unknown): answer is Said =>
  typeof answer === 'object' && answer !== null && 'stderr' in answer && 'code' in answer;
