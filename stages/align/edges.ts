/** Edges of the load: when each is expected on the meter's clock, and when the power log shows it. */
import type { Database } from '../../pipeline/database.js';
import { fromColumns, numbers } from '../../pipeline/rows.js';
import { int32, int64, table } from '../../pipeline/table.js';
import type { Step } from './coarse.js';
import { sql } from './sql.js';

/** Least height of a step, of the higher power. Derived: ten times the noise of a line (METHODS 6, 0.3 %). */
const leastStep = 0.03;
/** A window next to an edge longer than so many periods has lost a line: it does not tell when the edge was. */
const longestWindow = 1.5;
/** How much of the standby before and after a burst is looked at. */
export const surround_us = 2_000_000;

const syncEdges = table(
  'sync_edges',
  'one edge of a sync step',
  {
    edge: int32('1, 2, … in order of time'),
    host_us: int64("when it happened on the host's clock", 'µs'),
    expected_us: int64("when it is expected on the meter's clock", 'µs'),
    previous_us: int64('when the edge before is expected, or the standby before the burst begins', 'µs'),
    next_us: int64('when the edge after is expected, or the standby after the burst ends', 'µs'),
  },
  ['edge'],
);

export interface Edge {
  readonly host_us: number;
  readonly expected_us: number;
  readonly previous_us: number;
  readonly next_us: number;
}

/** Edges of one burst with what the clock known so far makes of them. */
export function expectedEdges(burst: readonly Step[], meter: (host_us: number) => number): Edge[] {
  const host = burst.flatMap((step) => [step.start_us, step.end_us]);
  const bounds = [host[0] - surround_us, ...host, host.at(-1)! + surround_us].map((at) => Math.round(meter(at)));
  return host.map((host_us, i) => ({
    host_us,
    expected_us: bounds[i + 1],
    previous_us: bounds[i],
    next_us: bounds[i + 2],
  }));
}

/**
 * Where the power log has the edges, within a margin of where they are expected: their moments on both clocks, without
 * those that cannot be told.
 */
export async function locate(database: Database, edges: readonly Edge[], period_us: number, margin_us = period_us) {
  const column = (name: keyof Edge) => Float64Array.from(edges, (edge) => edge[name]);
  await database.run('DROP TABLE IF EXISTS sync_edges');
  await database.insert(
    'sync_edges',
    fromColumns(syncEdges, {
      edge: Int32Array.from(edges, (_, i) => i + 1),
      host_us: column('host_us'),
      expected_us: column('expected_us'),
      previous_us: column('previous_us'),
      next_us: column('next_us'),
    }),
  );
  const found = await database.query(await sql('edges'), {
    margin_us,
    least_step: leastStep,
    longest_spacing_us: longestWindow * period_us,
  });
  return { host_us: numbers(found, 'host_us'), meter_us: numbers(found, 'meter_us') };
}
