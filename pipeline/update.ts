/**
 * Brings a run up to date: walks the tasks in order, takes what is fresh, runs what is stale as soon as what it reads
 * is there, several at a time, and stops at the first failure with everything finished kept.
 */
import { IntegrityError, InterruptedError, PipelineError, RefusedError } from './errors.js';
import { type Executor, NotBegun } from './execute/executor.js';
import type { TaskResult, TaskSpec } from './execute/task.js';
import { freshnessOf, outputOf, type Check, type Freshness } from './freshness.js';
import { dependencies, manifestPath, type Graph, type Task } from './graph.js';
import type { Partition } from './stage.js';
import { manifestVersion, markDamaged, writeManifest, type Manifest } from './store/manifest.js';

/** What happens, told as it happens: to a terminal, or to nobody. */
export interface Reporter {
  planned(tasks: readonly Task[]): void;
  fresh(task: Task, seconds: number): void;
  started(task: Task, reason: string, damage: boolean): void;
  progress(task: Task, done: number, total: number, now?: string, urgent?: boolean): void;
  finished(task: Task, result: TaskResult): void;
  failed(task: Task): void;
}

export interface StageCounts {
  done: number;
  fresh: number;
  failed: number;
  seconds: number;
}

export interface UpdateOptions extends Pick<Check, 'verify'> {
  /** The tasks to bring up to date; the others are left as they are. */
  readonly wanted: (task: Task) => boolean;
  /** Recompute even what is fresh. */
  readonly force: (task: Task) => boolean;
  readonly signal: AbortSignal;
}

function specOf(graph: Graph, task: Task, fingerprint: string, manifests: ReadonlyMap<Task, Manifest>): TaskSpec {
  const upstream: Record<string, Partition[]> = {};
  const { rehearses } = task.stage;
  for (const other of dependencies(task)) (upstream[other.stage.name] ??= []).push(other.partition);
  return {
    id: task.id,
    run: graph.run,
    stage: task.stage.name,
    fingerprint,
    requires: requirements(graph, task),
    partition: task.partition,
    params: graph.settings[task.stage.name],
    configuration: task.stage.usesConfiguration?.(task.partition) ? graph.settings : undefined,
    borrowed: task.stage.borrows?.(graph.settings, task.partition, graph.source),
    rehearsed: rehearses === undefined ? null : { stage: rehearses, params: graph.settings[rehearses] },
    source: graph.source,
    upstream,
    reads: task.reads.map(({ table, from }) => ({
      table: table.name,
      files: from.map((other) => {
        const { path, sha256, rows } = outputOf(manifests.get(other)!, table.name)!;
        return { task: other.id, partition: other.partition, path, sha256, rows };
      }),
    })),
  };
}

/** The instruments that a task needs for itself. */
const requirements = ({ source }: Graph, { stage }: Task): readonly string[] => stage.requires?.(source) ?? [];

class Update {
  readonly counts: Record<string, StageCounts> = {};
  readonly manifests = new Map<Task, Manifest>();
  private readonly refusals: string[] = [];
  /** Tasks that run, and whether one of them needs the machine for itself. */
  private running = 0;
  private alone = false;
  private failure: unknown;

  constructor(
    private readonly graph: Graph,
    private readonly executor: Executor,
    private readonly reporter: Reporter,
    private readonly options: UpdateOptions,
  ) {
    for (const { stage } of graph.tasks) {
      this.counts[stage.name] ??= { done: 0, fresh: 0, failed: 0, seconds: 0 };
    }
  }

  private get stopped(): boolean {
    return this.failure !== undefined || this.refusals.length > 0 || this.options.signal.aborted;
  }

  async run(): Promise<void> {
    const waiting = this.graph.tasks.filter(this.options.wanted);
    this.reporter.planned(waiting);
    const running = new Set<Promise<void>>();
    while (!this.stopped) {
      const next = await this.startable(waiting, this.executor.slots - running.size);
      for (const freshness of next) {
        const task = this.execute(freshness).finally(() => running.delete(task));
        running.add(task);
      }
      if (running.size === 0) break;
      await Promise.race(running);
    }
    if (!this.options.signal.aborted) this.executor.drain?.();
    await Promise.all(running);
    if (this.options.signal.aborted) throw this.reason();
    if (this.failure !== undefined) throw this.failure;
    if (this.refusals.length > 0) throw refused(this.refusals, this.graph);
  }

  private reason(): Error {
    const { reason } = this.options.signal as { reason: unknown };
    return reason instanceof PipelineError ? reason : new InterruptedError();
  }

  /** Takes up to `slots` stale tasks off the list whose inputs are all there; counts the fresh ones on the way. */
  private async startable(waiting: Task[], slots: number): Promise<Freshness[]> {
    const found: Freshness[] = [];
    for (let i = 0; i < waiting.length && found.length < slots && !this.stopped;) {
      const task = waiting[i];
      const ready = dependencies(task).every((other) => this.manifests.has(other));
      if (!ready || !this.mayRun(task)) {
        i++;
        continue;
      }
      waiting.splice(i, 1);
      const check = { verify: this.options.verify, force: this.options.force(task) };
      const freshness = await freshnessOf(this.graph, task, this.manifests, check);
      if (freshness.manifest) this.take(task, freshness.manifest);
      else {
        this.running++;
        this.alone ||= this.needsMachine(task);
        found.push(freshness);
      }
    }
    return found;
  }

  private needsMachine(task: Task): boolean {
    return this.executor.oneMachine && requirements(this.graph, task).length > 0;
  }

  /** What is measured with an instrument is measured on a machine that does nothing else. */
  private mayRun(task: Task): boolean {
    return !this.alone && (this.running === 0 || !this.needsMachine(task));
  }

  private take(task: Task, manifest: Manifest): void {
    this.manifests.set(task, manifest);
    this.counts[task.stage.name].fresh++;
    this.reporter.fresh(task, manifest.seconds);
    if (manifest.findings.refuse > 0) this.refusals.push(`${task.id}: ${manifest.findings.refuse} findings refuse`);
  }

  private async execute({ task, stale, damage, parts, fingerprint }: Freshness): Promise<void> {
    this.reporter.started(task, stale ?? '', damage);
    const counts = this.counts[task.stage.name];
    try {
      const spec = specOf(this.graph, task, fingerprint, this.manifests);
      const result = await this.executor.run(spec, (...step) => this.reporter.progress(task, ...step));
      const manifest: Manifest = {
        version: manifestVersion,
        task: task.id,
        fingerprint,
        parts,
        outputs: result.outputs,
        findings: result.findings,
        seconds: result.seconds,
        damaged: null,
      };
      writeManifest(manifestPath(this.graph.run, task), manifest);
      this.manifests.set(task, manifest);
      counts.done++;
      counts.seconds = Math.round((counts.seconds + result.seconds) * 1000) / 1000;
      this.refusals.push(...result.refusals.map((text) => `${task.id}: ${text}`));
      const untold = result.findings.refuse - result.refusals.length;
      if (untold > 0) this.refusals.push(`${task.id}: … and ${untold} more`);
      this.reporter.finished(task, result);
    } catch (error) {
      if (error instanceof NotBegun) return;
      if (error instanceof IntegrityError) this.noteDamage(error);
      counts.failed++;
      this.failure ??= error;
      this.reporter.failed(task);
    } finally {
      this.running--;
      if (this.needsMachine(task)) this.alone = false;
    }
  }

  private noteDamage(error: IntegrityError): void {
    const writer = this.graph.tasks.find(({ id }) => id === error.task);
    if (writer) markDamaged(manifestPath(this.graph.run, writer), error.message);
  }
}

/** Lines of refusals that an error has: of so many tasks the others are counted. */
const toldRefusals = 12;

function refused(refusals: readonly string[], { run }: Graph): RefusedError {
  const untold = refusals.length - toldRefusals;
  const lines = [...refusals.slice(0, toldRefusals), ...(untold > 0 ? [`… and ${untold} lines more`] : [])];
  return new RefusedError(
    `a check refuses, nothing after it was computed:\n  ${lines.join('\n  ')}`,
    `\`pipeline check\` lists every finding of run ${run}`,
  );
}

/** Returns what was done stage by stage, and the manifests of all that is up to date. */
export async function update(
  graph: Graph,
  executor: Executor,
  reporter: Reporter,
  options: UpdateOptions,
): Promise<{
  readonly counts: Readonly<Record<string, StageCounts>>;
  readonly manifests: ReadonlyMap<Task, Manifest>;
}> {
  const work = new Update(graph, executor, reporter, options);
  await work.run();
  return work;
}
