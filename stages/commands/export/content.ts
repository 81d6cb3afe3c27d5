/** What an exported folder holds: every file with where it comes from, what it is, and what was recorded of it. */
import { basename, extname, join, relative } from 'node:path';
import { IntegrityError, UnavailableError, UsageError } from '../../../pipeline/errors.js';
import { manifestPath, type Task } from '../../../pipeline/graph.js';
import { reportFolder } from '../../../pipeline/paths.js';
import type { Project } from '../../../pipeline/project.js';
import { hashFile } from '../../../pipeline/store/hash.js';
import { readManifest, type Manifest } from '../../../pipeline/store/manifest.js';
import type { TableSchema } from '../../../pipeline/table.js';

/** A file of the folder, by its path there. */
export interface Content {
  readonly path: string;
  readonly from: string;
  readonly sha256: string;
}

/** A dataset's file. */
export interface DatasetFile extends Content {
  readonly stage: string;
  readonly table: TableSchema;
  readonly rows: number;
}

export interface Contents {
  readonly datasets: readonly DatasetFile[];
  readonly report: readonly Content[];
  readonly inputs: readonly Content[];
  /** What the run read that is the authors' to give: named, not copied. */
  readonly published: readonly { readonly name: string; readonly sha256: string }[];
}

function manifestOf(run: string, task: Task): Manifest {
  const path = manifestPath(run, task);
  const manifest = readManifest(path);
  if (typeof manifest === 'string') throw IntegrityError.ofMessage(manifest, task.id);
  if (manifest?.damaged) throw IntegrityError.ofMessage(manifest.damaged, task.id);
  if (!manifest) throw new UnavailableError(`${task.id} is not computed`);
  return manifest;
}

/** The file's content is what its writer recorded; throws an IntegrityError where it is not. */
function verified<T extends Content>(content: T, task: Task): T {
  if (hashFile(content.from) === content.sha256) return content;
  throw new IntegrityError(content.from, task.id, 'its SHA-256 is not the one that was recorded');
}

function datasetsOf(task: Task, manifest: Manifest): DatasetFile[] {
  return task.stage.writes.flatMap((table) =>
    manifest.outputs
      .filter((output) => output.table === table.name)
      .map(({ path, sha256, rows }) => {
        const own = { path: join('data', task.stage.name, table.name, basename(path)), from: path, sha256 };
        return verified({ ...own, stage: task.stage.name, table, rows }, task);
      }),
  );
}

const reportOf = (run: string, task: Task, { outputs }: Manifest): Content[] =>
  outputs
    .filter(({ table }) => table === null)
    .map(({ path, sha256 }) => verified({ path: join('report', relative(reportFolder(run), path)), from: path, sha256 }, task)); // prettier-ignore

/** The files that the tasks read besides datasets, each once; two of one name that differ get a number. */
function inputsOf({ graph }: Project, tasks: readonly Task[]): Pick<Contents, 'inputs' | 'published'> {
  const { source, settings } = graph;
  const files = tasks.flatMap(
    ({ stage, partition }) => stage.files?.(settings[stage.name], source, partition, settings) ?? [],
  );
  const inputs = new Map<string, Content>();
  const published = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name, path: from } of files) {
    if (inputs.has(from)) continue;
    const sha256 = hashFile(from);
    if (source.kind === 'published' && from.startsWith(join(source.place.folder, '/'))) published.set(name, sha256);
    else inputs.set(from, { path: freeName(join('inputs', named(name, from)), taken), from, sha256 });
  }
  const byName = [...published].map(([name, sha256]) => ({ name, sha256 }));
  return { inputs: [...inputs.values()], published: byName };
}

/** A stage's name for a file need not have its ending. */
const named = (name: string, path: string): string => (extname(name) === '' ? `${name}${extname(path)}` : name);

function freeName(path: string, taken: Set<string>): string {
  const end = extname(path);
  let free = path;
  for (let i = 2; taken.has(free); i++) free = `${path.slice(0, -end.length)}-${i}${end}`;
  taken.add(free);
  return free;
}

const byPath = (a: Content, b: Content): number => (a.path < b.path ? -1 : 1);

/**
 * Of the tasks of a run that is up to date. Throws an IntegrityError where a file is not what was recorded, an
 * UnavailableError where one lacks, a UsageError where an input's path would leave the folder.
 */
export function contentsOf(project: Project, tasks: readonly Task[]): Contents {
  const { run } = project.graph;
  const written = tasks.map((task) => ({ task, manifest: manifestOf(run, task) }));
  const { inputs, published } = inputsOf(project, tasks);
  const outside = inputs.find(({ path }) => !path.startsWith('inputs/'));
  if (outside) throw new UsageError(`${outside.from}: an input whose name leaves the folder cannot be exported`);
  return {
    datasets: written.flatMap(({ task, manifest }) => datasetsOf(task, manifest)).sort(byPath),
    report: written.flatMap(({ task, manifest }) => reportOf(run, task, manifest)).sort(byPath),
    inputs: [...inputs].sort(byPath),
    published,
  };
}
