/** How long a live session will take, before anything of it runs: what `run --dry-run` adds. */
import type { Source } from '../../../pipeline/stage.js';
import { readableDuration } from '../../../pipeline/terminal.js';
import { liveOf } from '../../energy/benches/live/settings.js';
import { buildTree } from '../../energy/tree/build.js';
import { Library } from '../../energy/tree/library.js';
import { isMeasured } from '../../energy/tree/measured.js';
import { type Sizes, workloadsOf } from '../../energy/tree/workloads.js';
import type { ProfileParams } from '../stage.js';
import { session_s } from './jobs.js';
import { isOpen, readJournal, sessionFolder, told } from './journal.js';

/** What trace is told (its own schema has checked it). */
interface Traced extends Sizes {
  readonly measure?: readonly string[];
  readonly torch?: Readonly<Record<string, string>>;
}

/** The signatures of a declared model's nodes that are measured; null for one that PyTorch has to trace first. */
function signatures(model: string, { measure, torch, ...sizes }: Traced): Set<string> | null {
  if (torch?.[model] !== undefined) return null;
  const declared = new Library().model(model);
  const trees = workloadsOf(sizes).map(({ batch_size: batchSize, length }) =>
    buildTree(declared, { batchSize, length }),
  );
  const measured = trees.flat().filter((node) => isMeasured(node, measure));
  return new Set(measured.map(({ signature }) => signature));
}

/** What a session has left to measure, and how long that takes at least. */
export interface Left {
  readonly measurements: number;
  readonly done: number;
  readonly seconds: number;
}

function leftOf(params: ProfileParams, source: Source, model: string, run: string, trace: Traced): Left | null {
  const all = signatures(model, trace);
  if (!all) return null;
  const { outcomes } = told(readJournal(sessionFolder(run, model)));
  const done = [...all].filter((signature) => !isOpen(outcomes, `${model}/${signature}`)).length;
  const measurements = all.size - done;
  const isMetered = liveOf(source).meter !== null;
  return {
    measurements,
    done,
    seconds: measurements === 0 ? 0 : session_s(measurements, params, params.live, isMetered),
  };
}

export function forecast(
  params: ProfileParams,
  source: Source,
  model: string,
  run: string,
  trace: Traced,
): string | null {
  if (source.kind !== 'live') return null;
  const left = leftOf(params, source, model, run, trace);
  if (!left) return `${model}: how long it takes is known when PyTorch has traced it`;
  const { measurements, done, seconds } = left;
  const { round, rounds } = params;
  const plan = `${measurements} measurements of ${rounds} × ${readableDuration(round)}${done > 0 ? `, ${done} done` : ''}`;
  return `${model}: ${plan}: ${readableDuration(seconds)} at least`;
}

/** The same of all models of a live run's settings; those that PyTorch has to trace first are not counted. */
export function leftToMeasure(settings: Readonly<Record<string, unknown>>, source: Source, run: string): Left {
  const trace = settings.trace as Traced & { readonly models: readonly string[] };
  const params = settings.profile as ProfileParams;
  const parts = trace.models.flatMap((model) => leftOf(params, source, model, run, trace) ?? []);
  const sum = (of: keyof Left): number => parts.reduce((total, part) => total + part[of], 0);
  return { measurements: sum('measurements'), done: sum('done'), seconds: sum('seconds') };
}
