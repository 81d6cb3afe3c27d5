/** What the options of `predict` (and of others that predict) say, checked. */
import { UsageError } from '../../pipeline/errors.js';
import type { DescribedModel, TracedSizes } from '../energy/prediction/described_model.js';
import { workloadsOf, type Profile } from '../energy/prediction/profile.js';
import type { Workload } from '../energy/tree/build.js';

/** Where nothing says how much is run: a middling batch, a sentence or two. */
export const defaultWorkload: Workload = { batchSize: 16, length: 128 };

/** `8,16` as numbers. */
export function sizesIn(option: string, text: string | undefined): number[] | null {
  if (text === undefined) return null;
  const sizes = String(text).split(',').map(Number);
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) return [...new Set(sizes)];
  throw new UsageError(`--${option} ${text}: expected positive whole numbers like 8 or 8,16`);
}

/** What a model that is given as code is traced for. */
export const tracedSizes = (batchSizes: readonly number[] | null, lengths: readonly number[] | null): TracedSizes => ({
  batchSizes: batchSizes ?? [defaultWorkload.batchSize],
  lengths: lengths ?? [defaultWorkload.length],
});

/** A clock below this must be in another unit: no GPU of the last decade idles lower than 100 MHz under load. */
const leastClockMhz = 100;

/** Checks `--clock`. */
export function clockIn(clock: number | undefined): number | null {
  if (clock === undefined) return null;
  if (Number.isFinite(clock) && clock >= leastClockMhz) return clock;
  throw new UsageError(`--clock ${clock}: expected the GPU's clock in MHz, like 1890`);
}

/** Checks a number that may not be negative. */
export function notNegative(option: string, value: number, isWhole = false): number {
  if (Number.isFinite(value) && value >= 0 && (!isWhole || Number.isInteger(value))) return value;
  throw new UsageError(`--${option} ${value}: expected a ${isWhole ? 'whole ' : ''}number of 0 or more`);
}

/**
 * The workloads that are asked for. Where the model or its profile has some of its own these are meant, as far as the
 * options do not choose; else every batch size with every length.
 */
export function workloadsFor(
  model: DescribedModel,
  profile: Profile | null,
  batchSizes: readonly number[] | null,
  lengths: readonly number[] | null,
): Workload[] {
  const own = model.workloads ?? (profile ? workloadsOf(profile, model.name) : []);
  const chosen = own.filter(
    ({ batchSize, length }) => (batchSizes?.includes(batchSize) ?? true) && (lengths?.includes(length) ?? true),
  );
  if (chosen.length > 0 && !(batchSizes && lengths)) return chosen;
  return (batchSizes ?? [defaultWorkload.batchSize]).flatMap((batchSize) =>
    (lengths ?? [defaultWorkload.length]).map((length) => ({ batchSize, length })),
  );
}
