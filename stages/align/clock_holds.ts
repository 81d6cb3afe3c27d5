/**
 * Does the clock that was found hold in between? Two bursts at the ends of a session cannot tell a meter's clock that was
 * set in the middle from one that drifts, so the rounds' own ends are held against it, a stretch of the session at a
 * time: an edge is moved by the load's ripple, the median of a stretch is not. A round's begin may be no edge at all: live,
 * the node is warmed up until then.
 */
import type { Database } from '../../pipeline/database.js';
import { median } from '../energy/median.js';
import type { Clock, ClockSettings } from './clock.js';
import { expectedEdges, locate } from './edges.js';
import { sql } from './sql.js';

/** Where the clock is furthest off. */
export interface FurthestOff {
  readonly off_ms: number;
  /** Middle of that stretch, on the host's clock. */
  readonly host_us: number;
  /** Ends of rounds that were looked at in all. */
  readonly edges: number;
}

/** Edges of a stretch. Derived: the ripple of METHODS 6 moves an edge by 40 ms, the median of twenty by 11. */
const stretch = 20;
/** Rounds that are looked at, evenly over a session: forty stretches. */
const mostRounds = 400;
/** Fewer edges than this in a stretch tell nothing. */
const leastOfStretch = 6;
/** An edge is looked for within so many periods of where it is expected, as far as the pauses between rounds allow. */
const widest = 3;
const ofPause = 1 / 4;

/** Null where no stretch of the session shows its rounds' edges. */
export async function furthestOff(
  database: Database,
  clock: Clock,
  settings: ClockSettings,
): Promise<FurthestOff | null> {
  const rows = (await database.query(await sql('round_steps'))).toArray() as { start_us: bigint; end_us: bigint }[];
  const rounds = rows.map(({ start_us, end_us }) => ({ start_us: Number(start_us), end_us: Number(end_us) }));
  if (rounds.length === 0) return null;
  const { offset_s, drift_ppm } = clock;
  const meter = (host_us: number): number =>
    host_us + offset_s * 1e6 + drift_ppm * 1e-6 * (host_us - settings.first_us);
  const pauses = rounds.slice(1).map(({ start_us }, i) => start_us - rounds[i].end_us);
  const pause_us = pauses.length > 0 ? median(pauses) : Infinity;
  const margin_us = Math.round(Math.max(settings.period_us, Math.min(widest * settings.period_us, pause_us * ofPause)));
  const every = Math.ceil(rounds.length / mostRounds);
  const edges = expectedEdges(rounds, meter)
    .filter((_, i) => i % 2 === 1 && Math.floor(i / 2) % every === 0)
    // What comes later in a pause may be the next node's warm-up.
    .map((edge) => ({ ...edge, next_us: Math.min(edge.next_us, edge.expected_us + Math.round(margin_us / ofPause)) }));
  const { host_us, meter_us } = await locate(database, edges, settings.period_us, margin_us);
  const off_us = Array.from(meter_us, (at, i) => at - meter(host_us[i]));
  let worst: FurthestOff | null = null;
  for (let from = 0; from < off_us.length; from += stretch) {
    const own = off_us.slice(from, from + stretch);
    if (own.length < leastOfStretch) continue;
    const off_ms = Math.abs(median(own)) / 1e3;
    if (!worst || off_ms > worst.off_ms) worst = { off_ms, host_us: host_us[from + (own.length >> 1)], edges: off_us.length }; // prettier-ignore
  }
  return worst;
}
