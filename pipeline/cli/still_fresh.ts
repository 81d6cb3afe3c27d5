/** `pipeline run` with nothing stale: what both ways of finding that out tell, and what the quick one remembers by. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reportFolder } from '../paths.js';
import { recall, type Asked, type Told } from '../store/memory.js';
import type { Terminal } from '../terminal.js';
import type { RunArgs } from './run.js';

/** A run that is asked for nothing but to be up to date. */
export const isPlain = (args: RunArgs): boolean =>
  args.executor === 'local' &&
  ![args.stage, args.from, args.jobs, args.onInterrupt].some((given) => given !== undefined) &&
  ![args.force, args.detach, args.dryRun, args.verify, args.relock, args.download].includes(true);

export const askedOf = ({ config, set }: RunArgs): Asked => ({ config, set });

const nameOf = (run: string, { style }: Terminal): string => style.bold(`run ${run}`);

export function tellBegin({ run, source, left_out }: Omit<Told, 'stages'>, terminal: Terminal): void {
  terminal.say(`${nameOf(run, terminal)}: ${source.label}`);
  for (const text of left_out) terminal.warn(text);
}

export function tellEnd(told: Told, terminal: Terminal): void {
  const page = join(reportFolder(told.run), 'index.html');
  const see = existsSync(page) ? `, see ${page}` : '';
  terminal.say(`${nameOf(told.run, terminal)}: ${told.source.label}; up to date${see}`);
  terminal.document(told);
}

export const freshLine = (stage: string, tasks: number, { style }: Terminal): string =>
  `${style.bold(stage.padEnd(10))} ${style.dim(`fresh (${tasks})`)}`;

/** Tells that all is fresh where the last run found it so and nothing has changed since; else false, and nothing is told. */
export function tellStillFresh(args: RunArgs, terminal: Terminal): boolean {
  const told = isPlain(args) ? recall(askedOf(args)) : null;
  if (!told) return false;
  tellBegin(told, terminal);
  for (const [stage, { fresh }] of Object.entries(told.stages)) if (fresh > 0) terminal.say(freshLine(stage, fresh, terminal)); // prettier-ignore
  tellEnd(told, terminal);
  return true;
}
