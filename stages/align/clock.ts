/**
 * The meter's clock against the host's, from the data alone. At both ends of a session the load is switched on and off
 * at moments the host knows (sync steps); the power log shows the same edges on the meter's clock. A coarse search finds
 * each burst, SQL finds each edge to a fraction of a window, and a robust line through meter − host gives offset and
 * drift (research/measuring.md 2). Logs of others have no bursts: there the rounds themselves are the steps, and where
 * they repeat too regularly the clock cannot be told.
 */
import type { Database } from '../../pipeline/database.js';
import { numbers } from '../../pipeline/rows.js';
import {
  bursts,
  candidates,
  coarseOffsets,
  type PowerLog,
  type Round,
  roundCandidates,
  type Sighting,
  type Step,
} from './coarse.js';
import { type Edge, expectedEdges, locate, surround_us } from './edges.js';
import { medianDeviation, robustLine } from './robust_line.js';

export interface Clock {
  /** Meter minus host at the session's first host stamp. It includes the mean delay of the meter's lines. */
  readonly offset_s: number;
  /** How much faster the meter's clock runs. */
  readonly drift_ppm: number;
  /** Median absolute deviation of the edges from the line. */
  readonly residual_ms: number;
  /** Edges the line rests on. */
  readonly edges: number;
  /** Standard error of the line at that end of the session where it is larger: far from the edges it grows. */
  readonly reach_ms: number;
}

/** Why offset and drift cannot be had. */
export interface NoClock {
  readonly refused: string;
}

export interface ClockSettings {
  /** The session's first host stamp. */
  readonly first_us: number;
  /** The session's last host stamp. */
  readonly last_us: number;
  /** Nominal distance of the meter's lines. */
  readonly period_us: number;
  /** True where a line is an instant, not the mean of a window. */
  readonly instant: boolean;
  /** How far the coarse search goes to either side. */
  readonly search_us: number;
}

/** One clock stamped both logs, as their owner states: nothing is to be found. */
export const oneClock: Clock = { offset_s: 0, drift_ppm: 0, residual_ms: 0, edges: 0, reach_ms: 0 };

/** Fewest edges for a line. Derived: delays of 2 ms leave an offset through six of them within 1 ms. */
export const leastEdges = 6;
/** Edges are located so often, each time from the clock found before (research/measuring.md 2). */
const passes = 3;
/** Stamps are whole microseconds: edges no further off than that are not outliers. */
const resolution_us = 1;

/** The power log as far around a burst as the search goes. */
async function logAround(database: Database, burst: readonly Step[], search_us: number): Promise<PowerLog> {
  const log = await database.query(
    'SELECT at_us, power_w FROM windows WHERE at_us BETWEEN $from_us AND $to_us ORDER BY at_us',
    { from_us: burst[0].start_us - search_us - surround_us, to_us: burst.at(-1)!.end_us + search_us + surround_us },
  );
  return { at_us: numbers(log, 'at_us'), power_w: numbers(log, 'power_w') };
}

/** An instant tells an edge to half its period only: what lies within that is no disagreement. */
const beyond = (residual_us: number, { instant, period_us }: ClockSettings): number =>
  instant ? Math.sign(residual_us) * Math.max(0, Math.abs(residual_us) - period_us / 2) : residual_us;

/** Two places of a pattern whose correlations differ by less fit alike. Derived: one of fifty rounds moved by its length. */
const alike = 0.02;

/** What the owner of logs can do about a clock that cannot be told. */
const advice = 'if one clock stamped both logs, say so (bench.logs.one_clock); else see align.clock_search';

const areRounds = (steps: readonly Step[] | readonly Round[]): steps is readonly Round[] =>
  steps.length > 0 && 'measurement_id' in steps[0] && steps[0].measurement_id !== null;

/** Rounds as the coarse search expects them, or why it cannot. */
async function roundEdges(database: Database, steps: readonly Round[], search_us: number): Promise<Edge[] | NoClock> {
  const log = await logAround(database, steps, search_us);
  const found = roundCandidates(steps, log, search_us).sort((a, b) => b.correlation - a.correlation);
  const [best, second] = found;
  if (!best) return { refused: `the power log does not show the ${steps.length} rounds: ${advice}` };
  if (second && best.correlation - second.correlation < alike) {
    const [one, other] = [best, second].map(({ offset_us }) => (offset_us / 1e6).toFixed(2));
    return { refused: `the rounds repeat: offsets of ${one} s and ${other} s fit alike: ${advice}` };
  }
  return expectedEdges(steps, (host_us) => host_us + best.offset_us);
}

interface Span {
  readonly from_us: number;
  readonly to_us: number;
}

/** Least share of a session that the power log covers, of what it is long enough for. Derived: more than half of it is there. */
const leastCovered = 0.5;

/**
 * Whether an offset puts the time from the first burst to the last into that of the log. One that does not has taken a burst
 * for another that looks alike, where the log does not show its own.
 */
function isCovered(session: Span, log: Span, offset_us: number): boolean {
  const from_us = Math.max(log.from_us, session.from_us + offset_us);
  const to_us = Math.min(log.to_us, session.to_us + offset_us);
  return to_us - from_us >= leastCovered * Math.min(log.to_us - log.from_us, session.to_us - session.from_us);
}

async function spanOf(database: Database): Promise<Span> {
  const log = await database.query('SELECT min(at_us) AS from_us, max(at_us) AS to_us FROM windows');
  return { from_us: numbers(log, 'from_us')[0], to_us: numbers(log, 'to_us')[0] };
}

/** Every burst's edges as the coarse search expects them; none of a burst that the log does not show. */
async function coarseEdges(database: Database, all: readonly Step[][], search_us: number): Promise<Edge[]> {
  const session = { from_us: all[0][0].start_us, to_us: all.at(-1)!.at(-1)!.end_us };
  const whole = await spanOf(database);
  const sightings: Sighting[] = [];
  for (const burst of all) {
    const log = await logAround(database, burst, search_us);
    const seen = candidates(burst, log, search_us).filter(({ offset_us }) => isCovered(session, whole, offset_us));
    sightings.push({ at_us: burst[0].start_us, candidates: seen });
  }
  return coarseOffsets(sightings).flatMap((offset_us, i) =>
    offset_us === null ? [] : expectedEdges(all[i], (host_us) => host_us + offset_us),
  );
}

/**
 * Offset and drift of the clock of the table `windows` against that of the sync steps, or of the rounds where there are
 * none, or the reason why they cannot be had.
 */
export async function fitClock(
  database: Database,
  steps: readonly Step[] | readonly Round[],
  settings: ClockSettings,
): Promise<Clock | NoClock> {
  const { first_us, last_us, search_us } = settings;
  const rounds = areRounds(steps);
  if (steps.length === 0) return { refused: 'the run log has no rounds: the two clocks cannot be compared' };
  const all = rounds ? [[...steps]] : bursts(steps);
  const expected = rounds ? await roundEdges(database, steps, search_us) : await coarseEdges(database, all, search_us);
  if ('refused' in expected) return expected;
  let edges = expected;
  if (edges.length === 0) {
    const within = `within ± ${search_us / 6e7} min of their time`;
    return { refused: `the power log shows none of the ${all.length} sync bursts ${within}: see align.clock_search` };
  }
  for (let pass = 1; ; pass++) {
    const { host_us, meter_us } = await locate(database, edges, settings.period_us);
    if (host_us.length < leastEdges) {
      const what = rounds ? `edges of rounds` : 'sync edges';
      const more = rounds ? `: ${advice}` : '';
      return { refused: `only ${host_us.length} ${what} are found in the power log; ${leastEdges} are needed${more}` };
    }
    const x = Array.from(host_us, (at) => at - first_us);
    const y = Array.from(meter_us, (at, i) => at - host_us[i]);
    const { intercept, slope, kept, standardError } = robustLine(x, y, resolution_us);
    if (pass === passes) {
      const residuals = y.map((offset, i) => beyond(offset - intercept - slope * x[i], settings));
      return {
        offset_s: intercept / 1e6,
        drift_ppm: slope * 1e6,
        residual_ms: medianDeviation(residuals) / 1e3,
        edges: kept,
        reach_ms: Math.max(standardError(0), standardError(last_us - first_us)) / 1e3,
      };
    }
    edges = all.flatMap((burst) =>
      expectedEdges(burst, (host_us) => host_us + intercept + slope * (host_us - first_us)),
    );
  }
}
