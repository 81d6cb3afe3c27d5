/** How long a live session will take, before anything of it runs: what `run --dry-run` adds. */
import type { Source } from '../../../pipeline/stage.js';
import { readableDuration } from '../../../pipeline/terminal.js';
import { liveOf } from '../../energy/benches/live/settings.js';
import { buildTree } from '../../energy/tree/build.js';
import { Library } from '../../energy/tree/library.js';
import type { ProfileParams } from '../stage.js';
import { session_s } from './jobs.js';
import { readJournal, sessionFolder, told } from './journal.js';

/** What trace is told (its own schema has checked it). */
interface Workloads {
  readonly batch_sizes: readonly number[];
  readonly lengths: readonly number[];
  readonly torch?: Readonly<Record<string, string>>;
}

/** The signatures of a declared model's nodes; null for one that PyTorch has to trace first. */
function signatures(model: string, { batch_sizes, lengths, torch }: Workloads): Set<string> | null {
  if (torch?.[model] !== undefined) return null;
  const declared = new Library().model(model);
  const trees = batch_sizes.flatMap((batchSize) => lengths.map((length) => buildTree(declared, { batchSize, length })));
  return new Set(trees.flat().map(({ signature }) => signature));
}

export function forecast(
  params: ProfileParams,
  source: Source,
  model: string,
  run: string,
  trace: Workloads,
): string | null {
  if (source.kind !== 'live') return null;
  const all = signatures(model, trace);
  if (!all) return `${model}: how long it takes is known when PyTorch has traced it`;
  const { outcomes } = told(readJournal(sessionFolder(run, model)));
  const done = [...all].filter((signature) => (outcomes.get(`${model}/${signature}`) ?? 'poor') !== 'poor').length;
  const left = all.size - done;
  const { round, rounds } = params;
  const plan = `${left} measurements of ${rounds} × ${readableDuration(round)}${done > 0 ? `, ${done} done` : ''}`;
  return `${model}: ${plan}: ${readableDuration(session_s(left, params, params.live, liveOf(source).meter !== null))} at least`;
}
