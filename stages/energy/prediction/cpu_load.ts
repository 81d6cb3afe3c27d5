/**
 * The CPU's load as a bench's law takes it, where it has a third constant: its column is load times latency, so that
 * `cpu_w_per_pct` wants per cent of all threads, and `cpu` (wall J for each CPU J) the CPU's mean power in W.
 */
import { UsageError } from '../../../pipeline/errors.js';
import type { Fitted } from '../predictors/predictor.js';
import type { Measured } from './forest_of_trees.js';

/** What was logged, with that load in the place of `cpu_pct`. Throws a UsageError where it was not logged. */
export function withCpuLoad(
  { shared }: Fitted,
  measured: ReadonlyMap<number, Measured>,
  bench: string,
): ReadonlyMap<number, Measured> {
  const terms = shared.find(({ name }) => name === 'constants')?.terms ?? [];
  const wanted = terms.includes('cpu') ? 'cpu_j' : terms.includes('cpu_w_per_pct') ? 'cpu_pct' : null;
  if (wanted === null) return measured;
  const lacking = [...measured.values()].some((values) => values[wanted] === undefined);
  if (lacking) {
    throw new UsageError(
      `on ${bench} wall energy depends on the CPU: the profile needs a column ${wanted} in every row`,
      wanted === 'cpu_j' ? 'the CPU’s energy of one run, e.g. by RAPL' : 'the CPU’s load in % of all threads',
    );
  }
  if (wanted === 'cpu_pct') return measured;
  return new Map(
    [...measured].map(([id, values]) => [id, { ...values, cpu_pct: values.cpu_j! / values.latency_s! }] as const),
  );
}
