/** A working directory of a test's own, and a run of the toy registry in it. */
import { mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { LocalExecutor } from '../../pipeline/execute/local.js';
import { openProject, survey } from '../../pipeline/project.js';
import type { SourceOptions } from '../../pipeline/store/source_lock.js';
import { update, type Reporter, type StageCounts } from '../../pipeline/update.js';
import { program } from '../../pipeline/cli/program.js';
import { openRegistry } from './toy.js';
import * as toy from './toy_door.js';

/** Changes into a new empty folder and returns its path. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
  process.chdir(folder);
  return folder;
}

/** A reporter that keeps what was told. */
export class Log implements Reporter {
  readonly lines: string[] = [];
  planned(): void {}
  fresh({ id }: { readonly id: string }): void {
    this.lines.push(`fresh ${id}`);
  }
  started({ id }: { readonly id: string }, reason: string): void {
    this.lines.push(`start ${id}: ${reason}`);
  }
  progress(): void {}
  finished({ id }: { readonly id: string }): void {
    this.lines.push(`done ${id}`);
  }
  failed({ id }: { readonly id: string }): void {
    this.lines.push(`failed ${id}`);
  }
}

export interface ToyRun {
  readonly counts: Readonly<Record<string, StageCounts>>;
  readonly log: readonly string[];
}

export interface ToyOptions extends SourceOptions {
  readonly set?: readonly string[];
  readonly jobs?: number;
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
}

const executors = new Map<number, LocalExecutor>();

/** The workers of a test file, started once: they work in whichever folder the process is in. */
function executorOf(registry: string, jobs: number): LocalExecutor {
  const executor = executors.get(jobs) ?? new LocalExecutor(registry, jobs);
  executors.set(jobs, executor);
  return executor;
}

/** To be called after the last test of a file that runs the toy: its workers keep the process alive. */
export async function endWorkers(): Promise<void> {
  await Promise.all([...executors.values()].map((executor) => executor.close()));
  executors.clear();
}

/** Brings the toy configuration `toy.yaml` of the working directory up to date. */
export async function runToy({ jobs = 2, verify = false, signal, ...options }: ToyOptions = {}): Promise<ToyRun> {
  const registry = await openRegistry();
  const { graph } = await openProject('toy.yaml', registry, { record: true, ...options });
  const log = new Log();
  const { counts } = await update(graph, executorOf(registry.url, jobs), log, {
    wanted: () => true,
    force: () => false,
    verify,
    signal: signal ?? new AbortController().signal,
  });
  return { counts, log: log.lines };
}

/** The state of every task of the toy configuration, as `id: state`. */
export async function toyStates(set: readonly string[] = []): Promise<string[]> {
  const { graph } = await openProject('toy.yaml', await openRegistry(), { set });
  return (await survey(graph, { verify: false })).map(({ task, state, reason }) => `${task.id}: ${reason ?? state}`);
}

export const writeToy = (yaml = 'run: toy\n'): void => writeFileSync('toy.yaml', yaml);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the program on the toy registry, in this process. */
export async function pipeline(...argv: string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written, isTTY: boolean) => ({
    isTTY,
    columns: 80,
    write: (chunk: string | Uint8Array, done?: unknown) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
      if (typeof done === 'function') (done as () => void)();
      return true;
    },
  });
  const code = await program(argv, toy, { stdout: stream('stdout', false), stderr: stream('stderr', false) });
  return { code, ...written };
}

/** The document that a command prints with `--json`; fails where it does not end well. */
export async function pipelineJson<Document>(...argv: string[]): Promise<Document> {
  const { code, stdout, stderr } = await pipeline(...argv, '--json');
  if (code !== 0) throw new Error(`pipeline ${argv.join(' ')} ended with ${code}\n${stderr}`);
  return JSON.parse(stdout) as Document;
}

/** Flips one bit of a file and puts its time back: what no look at size and time can see. */
export function flipBit(path: string): void {
  const mtime = new Date(Math.round(statSync(path).mtimeMs));
  const bytes = readFileSync(path);
  bytes[20] ^= 1;
  writeFileSync(path, bytes);
  utimesSync(path, mtime, mtime);
}

/** Every file below a folder, by relative path, sorted. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
