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
import { pendingBy, readJournal, sessionFolder } from './journal.js';

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
  /** Of these, such as could not be run before and are tried again (`profile.live.retry_failed`). */
  readonly retried: number;
  readonly done: number;
  readonly seconds: number;
}

function leftOf(params: ProfileParams, source: Source, model: string, run: string, trace: Traced): Left | null {
  const all = signatures(model, trace);
  if (!all) return null;
  const pending = pendingBy(readJournal(sessionFolder(run, model)), params.live.retry_failed);
  const asked = [...all].flatMap((signature) => pending(`${model}/${signature}`) ?? []);
  const measurements = asked.length;
  const isMetered = liveOf(source).meter !== null;
  return {
    measurements,
    retried: asked.filter((one) => one === 'retry').length,
    done: all.size - measurements,
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
  const { round, rounds } = params;
  const plan = `${left.measurements} measurements of ${rounds} × ${readableDuration(round)}`;
  return `${model}: ${[plan, ...asides(left)].join(', ')}: ${readableDuration(left.seconds)} at least`;
}

/** What stands beside the number of measurements: which of them are second tries, and what needs none. */
export const asides = ({ retried, done }: Left): string[] => [
  ...(retried > 0 ? [`${retried} of them tried again`] : []),
  ...(done > 0 ? [`${done} done`] : []),
];

/** The same of all models of a live run's settings; those that PyTorch has to trace first are not counted. */
export function leftToMeasure(settings: Readonly<Record<string, unknown>>, source: Source, run: string): Left {
  const trace = settings.trace as Traced & { readonly models: readonly string[] };
  const params = settings.profile as ProfileParams;
  const parts = trace.models.flatMap((model) => leftOf(params, source, model, run, trace) ?? []);
  const sum = (of: keyof Left): number => parts.reduce((total, part) => total + part[of], 0);
  return { measurements: sum('measurements'), retried: sum('retried'), done: sum('done'), seconds: sum('seconds') };
}
