/** What a run on a simulated PC found, against what is known of it. */
import { Database } from '../../pipeline/database.js';
import { toRows } from '../../pipeline/rows.js';
import type { ProcessRig } from './process_rig.js';
import { truthOf } from './truth.js';

export interface Found {
  readonly type: string;
  readonly measurement_id: string;
  readonly round: number;
  readonly excluded: boolean;
  /** The checks that left it out, by id. */
  readonly excludedBy: readonly string[];
  /** Relative error of its wall energy; null where it has none. */
  readonly error: number | null;
}

export interface Results {
  readonly rounds: readonly Found[];
  /** Types of the measurements that failed. */
  readonly failed: readonly string[];
  readonly measurements: number;
  readonly features: number;
  readonly nodes: number;
  readonly nodesOf: (type: string) => number;
  readonly clock: { readonly offset_s: number; readonly drift_ppm: number; readonly residual_ms: number };
}

export async function resultsOf(rig: ProcessRig): Promise<Results> {
  const database = await Database.open();
  const rows = async (sql: string) => toRows(await database.query(sql));
  const of = (stage: string, name: string): string => `read_parquet('${rig.table(stage, name)}')`;
  const types = `(SELECT DISTINCT measurement_id, type FROM ${of('trace', 'nodes')})`;
  const measured = await rows(`SELECT type, measurement_id, round, excluded, excluded_by, wall_j FROM ${of('align', 'measurements')} JOIN ${types} USING (measurement_id)`); // prettier-ignore
  const failed = await rows(`SELECT type FROM ${of('profile', 'failures')} JOIN ${types} USING (measurement_id)`);
  const [clock] = await rows(`SELECT offset_s, drift_ppm, residual_ms FROM ${of('align', 'clock')}`);
  const [{ n }] = await rows(`SELECT count(*) AS n FROM ${of('featurize', 'features')}`);
  const typesOfNodes = (await rows(`SELECT type FROM ${of('trace', 'nodes')}`)).map(({ type }) => String(type));
  const [{ ids }] = await rows(`SELECT count(*) AS ids FROM ${types}`);
  database.close();
  return {
    rounds: measured.map(({ type, measurement_id, round, excluded, excluded_by, wall_j }) => {
      const { wall_w, latency_s } = truthOf({ type: String(type) });
      const error = wall_j === null ? null : Number(wall_j) / (wall_w * latency_s) - 1;
      return { type: String(type), measurement_id: String(measurement_id), round: Number(round), excluded: excluded === true, excludedBy: String(excluded_by ?? '').split(', '), error }; // prettier-ignore
    }),
    failed: failed.map(({ type }) => String(type)),
    measurements: Number(ids),
    features: Number(n),
    nodes: typesOfNodes.length,
    nodesOf: (type) => typesOfNodes.filter((own) => own === type).length,
    clock: clock as unknown as Results['clock'],
  };
}

/** Mean relative error of each measurement's good rounds, and the greatest of a single one. */
export function errorsIn({ rounds }: Results) {
  const good = rounds.filter(({ excluded, error }) => !excluded && error !== null);
  const ids = [...new Set(good.map(({ measurement_id }) => measurement_id))];
  const means = ids.map((id) => {
    const own = good.filter(({ measurement_id }) => measurement_id === id).map(({ error }) => error!);
    return { rounds: own.length, mean: own.reduce((sum, error) => sum + error, 0) / own.length };
  });
  return {
    measured: ids.length,
    fewest: Math.min(...means.map(({ rounds }) => rounds)),
    worstMean: Math.max(...means.map(({ mean }) => Math.abs(mean))),
    worstRound: Math.max(...good.map(({ error }) => Math.abs(error!))),
  };
}
