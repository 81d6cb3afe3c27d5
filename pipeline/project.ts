/** A configuration with all that hangs on it: its source, its tasks, and what of them is on disk. */
import { loadConfiguration, type Configuration } from './config/configuration.js';
import { freshnessOf, type Check, type Freshness } from './freshness.js';
import { buildGraph, dependencies, type Graph, type Task } from './graph.js';
import type { Registry } from './stage.js';
import type { Manifest } from './store/manifest.js';
import { chooseSource, recordedSource, type SourceOptions } from './store/source_lock.js';

export interface Project {
  readonly configuration: Configuration;
  readonly registry: Registry;
  readonly graph: Graph;
}

export const openProject = (
  file: string,
  registry: Registry,
  { set, ...options }: SourceOptions & { readonly set?: readonly string[] } = {},
): Promise<Project> => openConfigured(loadConfiguration(file, registry, set), registry, options);

/** The same of a configuration that has been read. */
export async function openConfigured(
  configuration: Configuration,
  registry: Registry,
  options: SourceOptions,
): Promise<Project> {
  const source = await chooseSource(configuration, registry, options);
  return { configuration, registry, graph: buildGraph(configuration, registry, source) };
}

/** A run as it lies on disk, for commands that only read it: that needs no source of measurements. */
export interface ProjectToRead extends Project {
  /** Why the source of the run cannot be had now, or null: without it nothing can be said about freshness. */
  readonly sourceProblem: string | null;
}

export async function openToRead(file: string, registry: Registry, set?: readonly string[]): Promise<ProjectToRead> {
  const configuration = loadConfiguration(file, registry, set);
  const { source, problem } = await recordedSource(configuration, registry);
  return { configuration, registry, graph: buildGraph(configuration, registry, source), sourceProblem: problem };
}

/** A task's state as `status` tells it: fresh, stale with the reason, or waiting for what it reads. */
export interface State {
  readonly task: Task;
  readonly state: 'fresh' | 'stale' | 'waiting';
  readonly reason: string | null;
  readonly freshness: Freshness | null;
}

/** The state of every task, nothing computed: a task behind a stale one waits, and may turn out fresh. */
export async function survey(graph: Graph, check: Check): Promise<State[]> {
  const manifests = new Map<Task, Manifest>();
  const states: State[] = [];
  for (const task of graph.tasks) {
    const behind = dependencies(task).find((other) => !manifests.has(other));
    if (behind) {
      states.push({ task, state: 'waiting', reason: `waits for ${behind.id}`, freshness: null });
      continue;
    }
    const freshness = await freshnessOf(graph, task, manifests, check);
    if (freshness.manifest) manifests.set(task, freshness.manifest);
    states.push({ task, state: freshness.stale === null ? 'fresh' : 'stale', reason: freshness.stale, freshness });
  }
  return states;
}
