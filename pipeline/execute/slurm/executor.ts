/**
 * Tasks on the nodes of a Slurm cluster, over a folder that all of them see.
 *
 *     update ─ run(task) ─▶ waiting ─▶ submit.ts ─ job array ─▶ task.ts on a node ─ result file ─▶ watch.ts ─▶ done
 *                              ▲                                     │ killed, node lost, out of time
 *                              └──────── again, `tries` times ◀──────┘
 *
 * This process orders the stages: a task is submitted when what it reads is finished, because only then its fingerprint
 * is known, and with it whether it has to run at all (the same bytes upstream leave it fresh). What is true is in files
 * (batch.ts): a result counts whatever Slurm says, and a task without one is lost when Slurm no longer has it. So this
 * process may end at any time, and the next one takes up what it had in hand; with `--detach` it ends as soon as all
 * is handed over, and a small job that depends on those jobs is the next one (continuation.ts).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { InterruptedError, UnavailableError } from '../../errors.js';
import type { Terminal } from '../../terminal.js';
import { type Executor, NotBegun, type TellProgress } from '../executor.js';
import type { TaskResult, TaskSpec } from '../task.js';
import { type BatchEntry, giveUp, jobOf, mayBeAtWork, openEntriesOf, removeBatches, take } from './batch.js';
import { Benches } from './benches.js';
import type { Cluster } from './cluster.js';
import { elementOf, type Hand, leavePlace } from './hand.js';
import type { SlurmSettings } from './settings.js';
import { submitAll, type SubmitContext } from './submit.js';
import { look, type Seen } from './watch.js';

export interface SlurmOptions {
  readonly run: string;
  /** The module that exports the stages. */
  readonly registry: string;
  readonly settings: SlurmSettings;
  readonly cluster: Cluster;
  readonly terminal: Pick<Terminal, 'say' | 'warn'>;
  /** Every task of the run: jobs of others are ended. */
  readonly tasks: ReadonlySet<string>;
  /** Called once all that can be is at Slurm, where nobody wants to wait for it. */
  readonly onHandedOver?: () => void;
}

/** After something has happened Slurm is looked at soon, then less and less often. */
const firstLook_s = 0.5;

/** Tasks come in one burst when several have become ready: it is let end, so that they are one array. */
const burst_ms = 50;

export class SlurmExecutor implements Executor {
  readonly oneMachine = false;
  readonly slots: number;
  private readonly hands = new Set<Hand>();
  /** What an earlier process left at Slurm, by task. */
  private readonly left = new Map<string, BatchEntry>();
  /** Results that were told, and are in a manifest by the next look. */
  private told: NonNullable<Hand['place']>[] = [];
  private looping: Promise<void> | null = null;
  private ring: () => void = () => {};
  private draining = false;
  private stopped = false;
  /** Something is worth keeping for the next process, or for whoever wants to read its log. */
  private keep = false;

  private constructor(
    private readonly options: SlurmOptions,
    private readonly context: SubmitContext,
  ) {
    this.slots = options.settings.at_once;
  }

  static async open(options: SlurmOptions): Promise<SlurmExecutor> {
    const { run, registry, settings, cluster, terminal } = options;
    const arrayLimit = await cluster.arrayLimit();
    if (arrayLimit < 2) throw new UnavailableError('this Slurm takes no job arrays (MaxArraySize)');
    const benches = new Benches(run, settings.benches);
    const executor = new SlurmExecutor(options, { run, registry, settings, cluster, benches, arrayLimit });
    for (const open of openEntriesOf(run)) executor.left.set(open.task.id, open);
    if (executor.left.size > 0) terminal.say(`${executor.left.size} tasks that were left at Slurm are taken up`);
    return executor;
  }

  private get places(): NonNullable<Hand['place']>[] {
    return [...this.hands].flatMap(({ place }) => place ?? []);
  }

  /** How many tasks are at Slurm or about to be. */
  get inHand(): number {
    return this.hands.size;
  }

  /** The numbers of the jobs that have tasks in hand. */
  get jobs(): string[] {
    const folders = new Set(this.places.map(({ folder }) => folder));
    return [...folders].flatMap((folder) => jobOf(folder) ?? []);
  }

  run(spec: TaskSpec, progress: TellProgress): Promise<TaskResult> {
    if (this.stopped) return Promise.reject(new InterruptedError());
    return new Promise((resolve, reject) => {
      const hand: Hand = {
        spec,
        progress,
        resolve,
        reject,
        attempts: 0,
        place: null,
        adopted: false,
        missing_ms: null,
      };
      this.adopt(hand);
      this.hands.add(hand);
      this.ring();
      this.looping ??= this.loop().finally(() => (this.looping = null));
    });
  }

  /** Takes up what an earlier process submitted of the task, where it is the same task still. */
  private adopt(hand: Hand): void {
    const before = this.left.get(hand.spec.id);
    if (!before) return;
    this.left.delete(hand.spec.id);
    if (before.task.fingerprint !== hand.spec.fingerprint) void this.end([before]);
    else Object.assign(hand, { place: before, adopted: true, attempts: before.task.attempt });
  }

  /** Ends what nobody waits for any more. */
  private async end(tasks: readonly BatchEntry[]): Promise<void> {
    for (const { folder, index } of tasks) giveUp(folder, index);
    const elements = new Map<string, string[]>();
    for (const task of tasks) {
      const element = elementOf(task);
      if (element) elements.set(task.batch.name, [...(elements.get(task.batch.name) ?? []), element]);
    }
    for (const [name, some] of elements) await this.options.cluster.cancel(name, some);
  }

  /** Ends the arrays in which these are. */
  private async cancelWhole(places: readonly NonNullable<Hand['place']>[], options?: readonly string[]): Promise<void> {
    const names = new Set(places.map(({ batch }) => batch.name));
    for (const name of names) await this.options.cluster.cancel(name, [], options);
  }

  private async loop(): Promise<void> {
    let wait_s = firstLook_s;
    try {
      await pause(burst_ms);
      while (!this.stopped && this.hands.size > 0) {
        const submitted = await this.submit();
        const seen = await look([...this.hands], { ...this.context, draining: this.draining });
        this.told.forEach(({ folder, index }) => take(folder, index));
        this.told = [];
        const settled = this.settle(seen);
        wait_s = submitted || settled ? firstLook_s : Math.min(1.5 * wait_s, this.options.settings.poll_s);
        if (!submitted && !settled && this.placed) this.options.onHandedOver?.();
        if (!this.stopped && this.hands.size > 0) await this.sleep(Math.min(wait_s, this.options.settings.poll_s));
      }
    } catch (error) {
      this.keep = true;
      this.giveBack(error);
    }
  }

  /** True where every task in hand is at Slurm. */
  private get placed(): boolean {
    return [...this.hands].every(({ place }) => place !== null);
  }

  private async sleep(seconds: number): Promise<void> {
    const bell = new Promise<void>((resolve) => (this.ring = resolve));
    await Promise.race([bell, pause(seconds * 1000)]);
    await pause(burst_ms);
  }

  /** Submits what waits for that; true where something was. */
  private async submit(): Promise<boolean> {
    const waiting = [...this.hands].filter(({ place }) => place === null);
    if (waiting.length === 0 || this.stopped) return false;
    if (this.draining) {
      for (const hand of waiting) this.finish(hand, () => hand.reject(new NotBegun()));
      return true;
    }
    const { full } = await submitAll(waiting, this.context);
    const some = waiting.some(({ place }) => place !== null);
    if (full !== null && [...this.hands].every(({ place }) => place === null)) {
      this.options.terminal.warn(`Slurm takes no more jobs now: ${full}`);
    }
    return some;
  }

  private finish(hand: Hand, settle: () => void): void {
    this.hands.delete(hand);
    if (hand.place) this.told.push(hand.place);
    settle();
  }

  private settle(seen: readonly Seen[]): boolean {
    let settled = false;
    for (const one of seen) {
      const { hand } = one;
      if (one.kind === 'progress') hand.progress(one.done, one.total, one.now);
      else settled = true;
      if (one.kind === 'done') this.finish(hand, () => hand.resolve(one.result));
      if (one.kind === 'failed') this.fail(hand, one.error);
      if (one.kind === 'untouched') this.finish(hand, () => hand.reject(new NotBegun()));
      if (one.kind === 'lost') this.lost(hand, one.how, one.log);
    }
    return settled;
  }

  private fail(hand: Hand, error: unknown): void {
    this.keep = true;
    this.finish(hand, () => hand.reject(error));
  }

  private lost(hand: Hand, how: string, log: string): void {
    const { terminal, settings } = this.options;
    const { id, stage } = hand.spec;
    const { attempts } = hand;
    leavePlace(hand);
    if (attempts < settings.tries) {
      terminal.warn(
        `${id} was lost at Slurm (${how}), it is submitted again: try ${attempts + 1} of ${settings.tries}`,
      );
      return;
    }
    const often = attempts === 1 ? 'once' : `${attempts} times`;
    const hint = `its log is ${log}; time and memory are slurm.stages.${stage}, the tries slurm.tries`;
    this.fail(hand, new UnavailableError(`${id} was lost ${often} at Slurm, lastly: ${how}`, hint));
  }

  private giveBack(error: unknown): void {
    const hands = [...this.hands];
    this.hands.clear();
    for (const { reject } of hands) reject(error);
  }

  drain(): void {
    if (this.draining || this.hands.size === 0) return;
    this.draining = true;
    this.ring();
    void this.cancelWhole(this.places, ['--state=PENDING']).catch(() => undefined);
  }

  /** Ends this process's part; what is at Slurm goes on, and the next process takes it up. Returns what that is. */
  async leave(): Promise<{ readonly tasks: number; readonly jobs: readonly string[] }> {
    this.stopped = true;
    this.ring();
    await this.looping;
    const left = { tasks: this.places.length, jobs: this.jobs };
    this.keep ||= left.tasks > 0;
    this.giveBack(new InterruptedError());
    return left;
  }

  /** Ends this process's part and its jobs; returns how many tasks that were. */
  async cancel(): Promise<number> {
    this.stopped = true;
    this.ring();
    await this.looping;
    const { places } = this;
    this.giveBack(new InterruptedError());
    for (const { folder, index } of places) giveUp(folder, index);
    await this.cancelWhole(places);
    return places.length;
  }

  async close(): Promise<void> {
    await this.leave();
    const { run, tasks } = this.options;
    await this.end([...this.left.values()].filter(({ task, ended }) => !ended && !tasks.has(task.id)));
    this.told.forEach(({ folder, index }) => take(folder, index));
    if (!this.keep && !mayBeAtWork(run)) removeBatches(run);
  }
}
