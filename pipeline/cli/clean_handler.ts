/** What `pipeline clean` does: all of a run, or what one stage has written; under the run's lock. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfiguration } from '../config/configuration.js';
import { refuseBesideSlurm } from '../execute/slurm/refuse_beside.js';
import { runFolders } from '../graph.js';
import { reportFolder, runFolder } from '../paths.js';
import { filesBelow, removeEmptyFolders, removeIfEmpty } from '../store/garbage.js';
import { lockRun } from '../store/lock.js';
import { readManifest } from '../store/manifest.js';
import { readableBytes, type Terminal } from '../terminal.js';
import type { CleanArgs } from './clean.js';
import type { Door } from './command.js';
import { checkStage } from './stage_option.js';

interface File {
  readonly path: string;
  readonly bytes: number;
}

/** What a stage has written: its folder, and the files it published into the report. */
function filesOfStage(run: string, stage: string): string[] {
  const own = filesBelow(join(runFolder(run), stage));
  const published = own
    .filter((file) => file.endsWith('.json'))
    .map(readManifest)
    .flatMap((manifest) => (manifest && typeof manifest !== 'string' ? manifest.outputs : []))
    .map(({ path }) => path)
    .filter((path) => path.startsWith(join(reportFolder(run), '/')) && existsSync(path));
  return [...own, ...published];
}

function found(run: string, stage: string | undefined): File[] {
  const paths = stage === undefined ? runFolders(run).flatMap(filesBelow) : filesOfStage(run, stage);
  return paths
    .filter((path) => path !== join(runFolder(run), 'run.lock'))
    .map((path) => ({ path, bytes: statSync(path).size }));
}

/** `data/runs/quick/trace`: what lies deeper is counted there. */
const shownDepth = 4;

/** One line for each folder of which something goes. */
function folderLines(files: readonly File[]): string[] {
  const folders = new Map<string, File[]>();
  for (const file of files) {
    const folder = dirname(file.path).split('/').slice(0, shownDepth).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders].map(([folder, own]) => `  ${folder}: ${amount(own)}`);
}

function amount(files: readonly File[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${readableBytes(bytes)}`;
}

async function remove(run: string, stage: string | undefined): Promise<File[]> {
  const lock = lockRun(runFolder(run));
  try {
    await refuseBesideSlurm(run);
    const files = found(run, stage);
    for (const { path } of files) rmSync(path, { force: true });
    runFolders(run).forEach(removeEmptyFolders);
    return files;
  } finally {
    lock.release();
    removeIfEmpty(runFolder(run));
  }
}

export async function handle(args: CleanArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const registry = await openRegistry();
  checkStage(args.stage, registry);
  const { run } = loadConfiguration(args.config, registry, args.set);
  const there = existsSync(runFolder(run)) || existsSync(reportFolder(run));
  const files = args.dryRun || !there ? found(run, args.stage) : await remove(run, args.stage);
  const what = args.stage === undefined ? `run ${run}` : `stage ${args.stage} of run ${run}`;
  if (files.length === 0) terminal.print(`${what}: nothing is there`);
  else {
    const verb = args.dryRun ? 'would be removed' : 'removed';
    terminal.print([`${what}: ${amount(files)} ${verb}`, ...folderLines(files)].join('\n'));
  }
  terminal.document({
    run,
    stage: args.stage ?? null,
    removed: !args.dryRun,
    files: files.map(({ path }) => path),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  });
}
