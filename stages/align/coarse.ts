/**
 * The coarse search for the meter's offset: a sync burst's on/off pattern, known on the host's clock, is slid along the
 * power log until both agree. Its steps are of unequal lengths, so that only one lag fits; but a short session may show
 * two bursts alike within reach, so that each burst gives its candidates, and those are taken on which most agree.
 */

import { median } from '../energy/median.js';

/** One on-step, on the host's clock. */
export interface Step {
  readonly start_us: number;
  readonly end_us: number;
}

/** Power lines in order of time: each holds its power from the line before to its own stamp. */
export interface PowerLog {
  readonly at_us: Float64Array;
  readonly power_w: Float64Array;
}

/** Resolution of the search: a third of a 170 ms window, so that the fine search starts in the right one. */
const grid_us = 50_000;

/** Lags no further apart are one candidate: within a step the correlation is high on both sides of its maximum. */
const neighbourhood_us = 1_000_000;

/** Fastest drift of a clock. Derived: five times a poor quartz's 100 ppm. */
const largestDrift = 500e-6;

/** A variance below this share of the squared mean is rounding error: the log is flat there and correlates with nothing. */
const flat = 1e-9;

/** Steps further apart than this belong to different bursts; METHODS 6's burst pauses for 5 s at most … */
const burstPause_us = 15_000_000;
/** … and so do those further apart than so many of its ordinary pauses, which are alike to a factor of 1.5 (METHODS 6). */
const ordinaryPauses = 3;

/** Least correlation with the pattern. Found on replays of PC1: 0.98 at the right lag, at most 0.53 at any other. */
const leastCorrelation = 0.8;

/**
 * The bursts of a session: runs of steps with short pauses, in order of time. One that was interrupted and begun anew is
 * two: the log may lack what was between them.
 */
export function bursts(steps: readonly Step[]): Step[][] {
  const pauses = steps.slice(1).map(({ start_us }, i) => start_us - steps[i].end_us);
  const longest_us = pauses.length > 0 ? Math.min(burstPause_us, ordinaryPauses * median(pauses)) : burstPause_us;
  const found: Step[][] = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (last && step.start_us - last.at(-1)!.end_us <= longest_us) last.push(step);
    else found.push([step]);
  }
  return found;
}

/** Running sums over the grid: value `i` is the sum of the cells before it. */
function runningSums(cells: Float64Array, of: (value: number) => number): Float64Array {
  const sums = new Float64Array(cells.length + 1);
  for (let i = 0; i < cells.length; i++) sums[i + 1] = sums[i] + of(cells[i]);
  return sums;
}

/** The log's power in cells of the grid from its first stamp on. */
function resample({ at_us, power_w }: PowerLog): Float64Array {
  const cells = new Float64Array(Math.max(0, Math.floor((at_us[at_us.length - 1] - at_us[0]) / grid_us)));
  for (let i = 0, line = 1; i < cells.length; i++) {
    const middle_us = at_us[0] + (i + 0.5) * grid_us;
    while (at_us[line] < middle_us) line++;
    cells[i] = power_w[line];
  }
  return cells;
}

/** A possible meter minus host, in µs to about half a window. */
export interface Candidate {
  readonly offset_us: number;
  readonly correlation: number;
}

/** Adds a candidate that comes after all others, unless a neighbour of it is better. */
function keepBest(found: Candidate[], candidate: Candidate): void {
  const before = found.at(-1);
  if (!before || candidate.offset_us - before.offset_us > neighbourhood_us) found.push(candidate);
  else if (candidate.correlation > before.correlation) found[found.length - 1] = candidate;
}

/** Lags within ± `search_us` at which the log shows the burst, each the best of its neighbourhood; none on a flat log. */
export function candidates(burst: readonly Step[], log: PowerLog, search_us: number): Candidate[] {
  if (log.at_us.length < 2) return [];
  const cells = resample(log);
  const sums = runningSums(cells, (w) => w);
  const squares = runningSums(cells, (w) => w * w);
  const start_us = burst[0].start_us;
  const cell = (at_us: number): number => Math.round((at_us - start_us) / grid_us);
  const steps = burst.map((step) => [cell(step.start_us), cell(step.end_us)] as const);
  const length = steps.at(-1)![1];
  const on = steps.reduce((sum, [from, to]) => sum + to - from, 0) / length;
  const first = Math.max(0, Math.ceil((start_us - search_us - log.at_us[0]) / grid_us));
  const last = Math.min(cells.length - length, Math.floor((start_us + search_us - log.at_us[0]) / grid_us));
  const found: Candidate[] = [];
  for (let lag = first; lag <= last; lag++) {
    let onSum = 0;
    for (const [from, to] of steps) onSum += sums[lag + to] - sums[lag + from];
    const mean = (sums[lag + length] - sums[lag]) / length;
    const variance = (squares[lag + length] - squares[lag]) / length - mean * mean;
    if (variance <= flat * mean * mean) continue;
    const correlation = (onSum / length - mean * on) / Math.sqrt(variance * on * (1 - on));
    if (correlation < leastCorrelation) continue;
    keepBest(found, { offset_us: log.at_us[0] + lag * grid_us - start_us, correlation });
  }
  return found;
}

/** A burst with where the log may show it. */
export interface Sighting {
  readonly at_us: number;
  readonly candidates: readonly Candidate[];
}

/** The candidate of a burst that agrees best with the offset seen at another moment, as far as a clock may drift. */
function agreeing({ at_us, candidates }: Sighting, offset_us: number, seenAt_us: number): Candidate | undefined {
  const far = ({ offset_us: own_us }: Candidate): number => Math.abs(own_us - offset_us);
  const tolerance_us = neighbourhood_us + largestDrift * Math.abs(at_us - seenAt_us);
  return candidates.filter((own) => far(own) <= tolerance_us).sort((a, b) => far(a) - far(b))[0];
}

/** The offset at each burst, µs: the candidates on which most bursts agree; null for a burst that has none of them. */
export function coarseOffsets(sightings: readonly Sighting[]): (number | null)[] {
  const score = (chosen: readonly (Candidate | undefined)[]): number =>
    chosen.reduce((sum, candidate) => sum + (candidate ? 1 + candidate.correlation : 0), 0);
  const choices = sightings.flatMap(({ at_us, candidates }) =>
    candidates.map(({ offset_us }) => sightings.map((other) => agreeing(other, offset_us, at_us))),
  );
  let best: readonly (Candidate | undefined)[] = sightings.map(() => undefined);
  for (const chosen of choices) if (score(chosen) > score(best)) best = chosen;
  return best.map((candidate) => candidate?.offset_us ?? null);
}

/** A round, with what ran in it: the rounds of one measurement draw the same power. */
export interface Round extends Step {
  readonly measurement_id: string;
}

/** Standby before and after the rounds that belongs to their pattern. */
const around_us = 1_000_000;

/**
 * The same for rounds of measurements whose power is not known: the log shows them where it differs most between
 * measurements and standby, and least within. The correlation is with the means of each.
 */
export function roundCandidates(rounds: readonly Round[], log: PowerLog, search_us: number): Candidate[] {
  if (log.at_us.length < 2 || rounds.length === 0) return [];
  const cells = resample(log);
  const sums = runningSums(cells, (w) => w);
  const squares = runningSums(cells, (w) => w * w);
  const start_us = rounds[0].start_us - around_us;
  const cell = (at_us: number): number => Math.round((at_us - start_us) / grid_us);
  const names = [...new Set(rounds.map(({ measurement_id }) => measurement_id))];
  const steps = rounds.map(({ start_us, end_us, measurement_id }) => [cell(start_us), cell(end_us), names.indexOf(measurement_id)] as const); // prettier-ignore
  const length = cell(rounds.at(-1)!.end_us + around_us);
  const lengths = new Float64Array(names.length);
  for (const [from, to, name] of steps) lengths[name] += to - from;
  const off = length - lengths.reduce((sum, cells) => sum + cells, 0);
  const first = Math.max(0, Math.ceil((start_us - search_us - log.at_us[0]) / grid_us));
  const last = Math.min(cells.length - length, Math.floor((start_us + search_us - log.at_us[0]) / grid_us));
  const found: Candidate[] = [];
  const own = new Float64Array(names.length);
  for (let lag = first; lag <= last; lag++) {
    own.fill(0);
    for (const [from, to, name] of steps) own[name] += sums[lag + to] - sums[lag + from];
    const total = sums[lag + length] - sums[lag];
    const mean = total / length;
    const variance = (squares[lag + length] - squares[lag]) / length - mean * mean;
    if (variance <= flat * mean * mean) continue;
    const standby = total - own.reduce((sum, w) => sum + w, 0);
    const between = own.reduce((sum, w, i) => sum + (w * w) / lengths[i], off > 0 ? (standby * standby) / off : 0);
    const correlation = Math.sqrt(Math.max(0, between / length - mean * mean) / variance);
    // Rounds draw more than the standby between them.
    if (correlation < leastCorrelation || standby / off > mean) continue;
    keepBest(found, { offset_us: log.at_us[0] + lag * grid_us - start_us, correlation });
  }
  return found;
}
