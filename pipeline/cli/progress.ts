/** Tells on a terminal how an update goes: a line a stage when it is done, and one that moves with the remaining time. */
import type { Task } from '../graph.js';
import { freshLine } from './still_fresh.js';
import { readableDuration, type Terminal } from '../terminal.js';
import type { Reporter } from '../update.js';

interface StageState {
  readonly tasks: number;
  fresh: number;
  done: number;
  seconds: number;
  reason: string;
}

export class Progress implements Reporter {
  private readonly stages = new Map<string, StageState>();
  private readonly running = new Map<Task, number>();
  private readonly now = new Map<Task, string>();
  private total = 0;
  private passed = 0;
  private readonly started_ms = performance.now();

  constructor(private readonly terminal: Terminal) {}

  planned(tasks: readonly Task[]): void {
    this.total = tasks.length;
    for (const { stage } of tasks) {
      const before = this.stages.get(stage.name)?.tasks ?? 0;
      this.stages.set(stage.name, { tasks: before + 1, fresh: 0, done: 0, seconds: 0, reason: '' });
    }
  }

  fresh(task: Task): void {
    this.stages.get(task.stage.name)!.fresh++;
    this.pass(task);
  }

  started(task: Task, reason: string, damage: boolean): void {
    this.running.set(task, 0);
    const stage = this.stages.get(task.stage.name)!;
    stage.reason ||= reason;
    if (damage) this.terminal.warn(`${task.id} is computed again: ${reason}`);
    this.show();
  }

  progress(task: Task, done: number, total: number, now?: string, urgent = false): void {
    this.running.set(task, total > 0 ? done / total : 0);
    if (now !== undefined) this.now.set(task, now);
    if (urgent && now !== undefined && !this.terminal.moves) this.terminal.warn(`${task.id}: ${now}`);
    this.show();
  }

  finished(task: Task, { seconds }: { readonly seconds: number }): void {
    this.running.delete(task);
    const stage = this.stages.get(task.stage.name)!;
    stage.done++;
    stage.seconds += seconds;
    this.pass(task);
  }

  failed(task: Task): void {
    this.running.delete(task);
  }

  private pass(task: Task): void {
    this.passed++;
    const stage = this.stages.get(task.stage.name)!;
    if (stage.done + stage.fresh < stage.tasks) this.show();
    else this.terminal.say(this.line(task.stage.name, stage));
  }

  private line(name: string, { tasks, fresh, done, seconds, reason }: StageState): string {
    const { style } = this.terminal;
    const label = style.bold(name.padEnd(10));
    if (done === 0) return freshLine(name, tasks, this.terminal);
    const kept = fresh > 0 ? `, ${fresh} fresh` : '';
    return `${label} ${done} done${kept} in ${readableDuration(seconds)} of work  ${style.dim(reason)}`;
  }

  /** Remaining time by the mean pace so far: rough, and said to be so. */
  private show(): void {
    const part = this.passed + [...this.running.values()].reduce((sum, value) => sum + value, 0);
    const elapsed_s = (performance.now() - this.started_ms) / 1000;
    const left = part > 1 ? `, about ${readableDuration((elapsed_s / part) * (this.total - part))} left` : '';
    const words = (task: Task): string => [task.id, this.now.get(task)].filter(Boolean).join(': ');
    const names = [...this.running.keys()].map(words).join(', ');
    this.terminal.status(`${this.passed} of ${this.total}${left}  ${names}`);
  }
}
