/**
 * Is a task fresh, and if not, why. A task is stale if its manifest is missing or marked damaged, its fingerprint
 * differs, or an output is not as it was recorded. The reason names what changed.
 */
import { existsSync } from 'node:fs';
import { abridged } from './abridged.js';
import { UnavailableError } from './errors.js';
import { manifestPath, tablePath, type Graph, type Task } from './graph.js';
import { saysNothingOfFile } from './system_problem.js';
import { codeHash } from './store/code.js';
import { canonical, hashFile, hashFileOnce, hashOf } from './store/hash.js';
import { fileState, readManifest, type FingerprintParts, type Manifest, type Output } from './store/manifest.js';

export interface Freshness {
  readonly task: Task;
  /** Null when fresh, else why not, in words. */
  readonly stale: string | null;
  /** True where what is on disk was found damaged: told as a warning. */
  readonly damage: boolean;
  readonly manifest: Manifest | null;
  readonly parts: FingerprintParts;
  readonly fingerprint: string;
}

export interface Check {
  /** Hash every output again instead of trusting size and time. */
  readonly verify: boolean;
  readonly force?: boolean;
}

/** The output of `task` that holds `table`, from its manifest. */
export const outputOf = (manifest: Manifest, table: string): Output | undefined =>
  manifest.outputs.find((output) => output.table === table);

/** The parts of a task's fingerprint. `manifests` has those of the tasks it reads, which must be fresh. */
async function fingerprintParts(
  graph: Graph,
  task: Task,
  manifests: ReadonlyMap<Task, Manifest>,
): Promise<FingerprintParts> {
  const { stage, partition } = task;
  const params = graph.settings[stage.name];
  const files = (stage.files?.(params, graph.source, partition, graph.settings) ?? []).map(({ name, path }) => {
    if (!existsSync(path)) throw new UnavailableError(`${path} is not there (${name}, needed by ${task.id})`);
    return [name, hashFileOnce(path)] as const;
  });
  const inputs = task.reads.flatMap(({ table, from }) =>
    from.map((other) => [`${other.id} ${table.name}`, outputOf(manifests.get(other)!, table.name)!.sha256] as const),
  );
  const borrowed = stage.borrows?.(graph.settings, partition, graph.source);
  return {
    ...(borrowed === undefined ? {} : { borrowed }),
    params: stage.relevant ? stage.relevant(params, partition) : params,
    source: stage.usesSource ? { kind: graph.source.kind, label: graph.source.label, about: graph.source.about } : null,
    configuration: stage.usesConfiguration?.(partition) ? { run: graph.run, ...graph.settings } : null,
    files: Object.fromEntries(files),
    // The order of the inputs is part of the fingerprint: training order, for one.
    inputs: Object.fromEntries(inputs.map(([name, sha256], i) => [`${String(i).padStart(4, '0')} ${name}`, sha256])),
    code: await codeHash(task.module),
    schema: hashOf('schema', stage.writes),
  };
}

export async function freshnessOf(
  graph: Graph,
  task: Task,
  manifests: ReadonlyMap<Task, Manifest>,
  { verify, force = false }: Check,
): Promise<Freshness> {
  const parts = await fingerprintParts(graph, task, manifests);
  const fingerprint = hashOf('task', { task: task.id, partition: task.partition, ...parts });
  const path = manifestPath(graph.run, task);
  const found = readManifest(path);
  const manifest = typeof found === 'string' ? null : found;
  const result = (stale: string | null, damage = false): Freshness => ({
    task,
    stale,
    damage,
    manifest: stale === null ? manifest : null,
    parts,
    fingerprint,
  });
  if (typeof found === 'string') return result(found, true);
  if (!manifest) return result(existsSync(path) ? 'made by an older version' : 'not computed yet');
  if (manifest.damaged) return result(`damaged: ${manifest.damaged}`, true);
  if (manifest.fingerprint !== fingerprint) return result(changes(manifest.parts, parts).join('; ') || 'changed');
  for (const output of manifest.outputs) {
    const problem = outputProblem(output, verify);
    if (problem) return result(problem, true);
  }
  if (force) return result('forced');
  return result(null);
}

/** What is wrong with an output on disk, or null. A changed time alone is settled by the content. */
export function outputProblem(output: Output, verify: boolean): string | null {
  const state = fileState(output.path);
  if (!state) return `${output.path} is missing`;
  if (state.bytes !== output.bytes) return `${output.path} has ${state.bytes} bytes instead of ${output.bytes}`;
  if (!verify && state.mtime_ms === output.mtime_ms) return null;
  try {
    return hashFile(output.path) === output.sha256 ? null : `${output.path} has another content than was written`;
  } catch (error) {
    if (saysNothingOfFile(error)) throw error;
    return `${output.path} cannot be read: ${(error as Error).message}`;
  }
}

function differing(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => before[name] !== now[name]);
}

/** What changed between two fingerprints, in words. */
export function changes(before: FingerprintParts, now: FingerprintParts): string[] {
  const reasons: string[] = [];
  if (canonical(before.params) !== canonical(now.params)) {
    reasons.push(`parameters changed (${abridged(changedValues(before.params, now.params), 3)})`);
  }
  if (canonical(before.borrowed ?? null) !== canonical(now.borrowed ?? null)) reasons.push('settings of another stage changed'); // prettier-ignore
  if (canonical(before.source) !== canonical(now.source)) reasons.push('source changed');
  if (canonical(before.configuration) !== canonical(now.configuration)) reasons.push('configuration changed');
  const files = differing(before.files, now.files);
  if (files.length > 0) reasons.push(`files changed (${abridged(files, 3)})`);
  const inputs = differing(before.inputs, now.inputs).map((name) => name.slice(5));
  if (inputs.length > 0) reasons.push(`inputs changed (${abridged([...new Set(inputs)], 3)})`);
  if (before.code !== now.code) reasons.push('code changed');
  if (before.schema !== now.schema) reasons.push('columns changed');
  return reasons;
}

function changedValues(before: unknown, now: unknown, path = ''): string[] {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  if (isMap(before) && isMap(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) => changedValues(before[name], now[name], path ? `${path}.${name}` : name));
  }
  return canonical(before) === canonical(now) ? [] : [`${path || 'value'} ${short(before)} → ${short(now)}`];
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
};

/** Every file of the present graph: what garbage collection keeps of the run's folder. */
export function filesOf(graph: Graph, manifests: ReadonlyMap<Task, Manifest>): Set<string> {
  const files = new Set<string>();
  for (const task of graph.tasks) {
    files.add(manifestPath(graph.run, task));
    for (const table of task.stage.writes) files.add(tablePath(graph.run, task, table));
    for (const { path } of manifests.get(task)?.outputs ?? []) files.add(path);
  }
  return files;
}
