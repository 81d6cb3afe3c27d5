/** A working directory of a test's own, and a run of the toy registry in it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalExecutor } from '../../pipeline/execute/local.js';
import { openProject, survey } from '../../pipeline/project.js';
import type { SourceOptions } from '../../pipeline/store/source_lock.js';
import { update, type Reporter, type StageCounts } from '../../pipeline/update.js';
import { openRegistry } from './toy.js';

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

/** Brings the toy configuration `toy.yaml` of the working directory up to date. */
export async function runToy({ jobs = 2, verify = false, signal, ...options }: ToyOptions = {}): Promise<ToyRun> {
  const registry = await openRegistry();
  const { graph } = await openProject('toy.yaml', registry, { record: true, ...options });
  const executor = new LocalExecutor(registry.url, jobs);
  const log = new Log();
  try {
    const { counts } = await update(graph, executor, log, {
      wanted: () => true,
      force: () => false,
      verify,
      signal: signal ?? new AbortController().signal,
    });
    return { counts, log: log.lines };
  } finally {
    await executor.close();
  }
}

/** The state of every task of the toy configuration, as `id: state`. */
export async function toyStates(set: readonly string[] = []): Promise<string[]> {
  const { graph } = await openProject('toy.yaml', await openRegistry(), { set });
  return (await survey(graph, { verify: false })).map(({ task, state, reason }) => `${task.id}: ${reason ?? state}`);
}

export const writeToy = (yaml = 'run: toy\n'): void => writeFileSync('toy.yaml', yaml);
