/**
 * The coarse search for the meter's offset: a sync burst's on/off pattern, known on the host's clock, is slid along the
 * power log until both agree best. Its steps are of unequal lengths, so that only one lag fits.
 */

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

/** Steps further apart than this belong to different bursts; METHODS 6's burst pauses for 5 s at most. */
const burstPause_us = 15_000_000;

/** Least correlation with the pattern. Derived: an undisturbed burst gives 0.97, a load of another shape under 0.6. */
const leastCorrelation = 0.8;

/** The bursts of a session: runs of steps with short pauses, in order of time. */
export function bursts(steps: readonly Step[]): Step[][] {
  const found: Step[][] = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (last && step.start_us - last.at(-1)!.end_us <= burstPause_us) last.push(step);
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

/**
 * Meter minus host at one burst, in µs to about half a window, by the largest correlation of pattern and log within
 * ± `search_us`; null where the log has no such pattern.
 */
export function coarseOffset(burst: readonly Step[], log: PowerLog, search_us: number): number | null {
  if (log.at_us.length < 2) return null;
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
  let best = { correlation: leastCorrelation, lag: -1 };
  for (let lag = first; lag <= last; lag++) {
    let onSum = 0;
    for (const [from, to] of steps) onSum += sums[lag + to] - sums[lag + from];
    const mean = (sums[lag + length] - sums[lag]) / length;
    const variance = (squares[lag + length] - squares[lag]) / length - mean * mean;
    const correlation = (onSum / length - mean * on) / Math.sqrt(variance * on * (1 - on));
    if (correlation > best.correlation) best = { correlation, lag };
  }
  return best.lag < 0 ? null : log.at_us[0] + best.lag * grid_us - start_us;
}
