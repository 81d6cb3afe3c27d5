/** The state of a run's tasks in lines for people: one a stage, with the stale tasks and why below it. */
import { abridged } from '../abridged.js';
import type { State } from '../project.js';
import type { Terminal } from '../terminal.js';

export function stateLines(states: readonly State[], { style }: Pick<Terminal, 'style'>): string {
  const stages = [...new Set(states.map(({ task }) => task.stage.name))];
  return stages
    .flatMap((name) => {
      const own = states.filter(({ task }) => task.stage.name === name);
      const count = (state: State['state']) => own.filter((s) => s.state === state).length;
      const parts = (['fresh', 'stale', 'waiting'] as const).filter((state) => count(state) > 0);
      const stale = own.filter(({ state }) => state === 'stale');
      const reasons = new Map<string, string[]>();
      for (const { task, reason } of stale) reasons.set(reason!, [...(reasons.get(reason!) ?? []), task.key]);
      const words = parts.map(
        (state) => `${count(state)} ${state === 'waiting' ? 'waiting for what is stale' : state}`,
      );
      return [
        `${style.bold(name.padEnd(10))} ${words.join(', ')}`,
        ...[...reasons].map(([reason, keys]) => `  ${style.yellow(reason)}: ${abridged(keys, 6)}`),
      ];
    })
    .join('\n');
}
