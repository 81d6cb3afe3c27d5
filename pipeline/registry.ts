/**
 * The seven stages in order, the choice of the source, and the commands: the engine's only door to `stages/`. Stages
 * are loaded when a command needs them, so that `--help` does not.
 */
import type { Command } from './cli/command.js';
import { run } from './cli/run.js';
import type { Registry, SourceChoice, Stage } from './stage.js';

export const commands: readonly Command[] = [run];

const folder = new URL('../stages/', import.meta.url);

async function load(name: string): Promise<Registry['stages'][number]> {
  const module = new URL(`${name}/stage.js`, folder);
  const exported = (await import(module.href)) as Record<string, Stage<any>>;
  return { stage: exported[name], module };
}

export async function openRegistry(): Promise<Registry> {
  const names = ['trace', 'profile', 'align', 'featurize', 'train', 'evaluate', 'report'];
  const [stages, { source }] = await Promise.all([
    Promise.all(names.map(load)),
    import('../stages/energy/benches/source.js') as Promise<{ source: SourceChoice<any> }>,
  ]);
  return { url: import.meta.url, stages, choice: source };
}
