/** The stage that a command is limited to, checked against those there are. */
import { proposal } from '../config/nearest.js';
import { UsageError } from '../errors.js';
import type { Registry } from '../stage.js';

/** Throws a UsageError where `name` is given and no stage has it. */
export function checkStage(name: string | undefined, { stages }: Registry): void {
  const names = stages.map(({ stage }) => stage.name);
  if (name !== undefined && !names.includes(name)) throw new UsageError(`no stage ${name}: ${proposal(name, names)}`);
}
