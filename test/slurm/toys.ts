/** Runs of the toy registry as jobs of a lab: each in a folder of its own, as a user would call the program. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { type Lab, until } from './lab.js';

const program = join(packageRoot, 'dist', 'test', 'pipeline', 'toy_program.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A letter's work as it was: from when to when, and on which node. */
export interface Worked {
  readonly letter: string;
  readonly node: string;
  readonly begin_ms: number;
  /** Null where it did not come to its end. */
  readonly end_ms: number | null;
}

export class Called {
  stderr = '';
  stdout = '';
  readonly ended: Promise<Ended>;

  constructor(readonly process: ChildProcess) {
    process.stdout!.on('data', (data: Buffer) => (this.stdout += data.toString()));
    process.stderr!.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) => {
      process.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  async says(text: string, limit_s = 60): Promise<void> {
    await until(`"${text}" is said`, () => this.stderr.includes(text), limit_s).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.stderr}`);
    });
  }
}

export interface ToyRunOptions {
  readonly letters: readonly string[];
  /** Letters that wait until they are let go. */
  readonly hold?: readonly string[];
  /** True where letters need a meter. */
  readonly metered?: boolean;
  /** Lines of the section `slurm`. */
  readonly slurm?: string;
}

export class ToyRun {
  private readonly calls: Called[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'slurm-toy-'));

  constructor(
    private readonly lab: Lab,
    { letters, hold = [], metered = false, slurm = '' }: ToyRunOptions,
  ) {
    mkdirSync(join(this.folder, 'held'));
    if (metered) mkdirSync(join(this.folder, 'good'));
    for (const letter of hold) writeFileSync(this.held(letter), '');
    const settings = `poll_s: 0.3, visible_s: 1.5, memory: 100M${slurm && `, ${slurm}`}`;
    writeFileSync(join(this.folder, 'toy.yaml'), `run: toy\nmake: { letters: [${letters.join(', ')}] }\nslurm: { ${settings} }\n`); // prettier-ignore
  }

  private held = (letter: string): string => join(this.folder, 'held', letter);

  release(...letters: readonly string[]): void {
    for (const letter of letters) rmSync(this.held(letter));
  }

  call(...args: readonly string[]): Called {
    const called = new Called(spawn(process.execPath, [program, ...args], { cwd: this.folder, env: this.lab.env }));
    this.calls.push(called);
    return called;
  }

  /** What its programs complained about. */
  get said(): string {
    return this.calls.map(({ stderr }) => `${this.folder}: ${stderr}`).join('\n');
  }

  /** The names under which Slurm has its jobs. */
  get jobNames(): string[] {
    const folder = join(this.folder, 'data', 'slurm', 'toy', 'batches');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Whatever of it still runs: nothing where its story went well. */
  end(): void {
    for (const { process } of this.calls) if (process.exitCode === null) process.kill('SIGKILL');
    for (const name of this.jobNames) this.lab.ask('scancel', `--name=${name}`);
    rmSync(join(this.folder, 'held'), { recursive: true, force: true });
  }

  run = (...args: readonly string[]): Called => this.call('run', 'toy.yaml', '--executor', 'slurm', ...args);

  /** The document of `status --json`. */
  async status(): Promise<{ up_to_date: boolean; slurm: null | Record<string, any> }> {
    const { code, stdout, stderr } = await this.call('status', 'toy.yaml', '--json').ended;
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { up_to_date: boolean; slurm: null | Record<string, any> };
  }

  worked(letter: string): Worked[] {
    const file = `${this.held(letter)}.log`;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    const found: Worked[] = [];
    for (const line of lines) {
      const [what, node, ms] = line.split(' ');
      if (what === 'begin') found.push({ letter, node, begin_ms: Number(ms), end_ms: null });
      else found.push({ ...found.pop()!, end_ms: Number(ms) });
    }
    return found;
  }

  begun = (letter: string, times = 1): Promise<void> =>
    until(`${letter} has begun`, () => this.worked(letter).length >= times, 90);

  get sum(): string {
    return readFileSync(join(this.folder, 'reports', 'toy', 'sum.txt'), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
