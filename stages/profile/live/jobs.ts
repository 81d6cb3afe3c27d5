/** What is to be measured in a session, in order, and how long that takes. */
import { burstOff_ms, burstOn_ms } from '../burst.js';
import type { LiveProtocol, Rounds } from './protocol.js';

/** A measurement: one node stands for all of its signature. */
export interface Job {
  readonly measurement_id: string;
  readonly batch_size: number;
  readonly length: number;
  readonly scope: string;
  readonly type: string;
  /** Which of its scope and type it is, in depth-first order: two products of one attention share both. */
  readonly place: number;
}

/** A row of `nodes`; they stand in order of workload and node_id. */
export interface JobNode {
  readonly batch_size: number;
  readonly length: number;
  readonly scope: string;
  readonly type: string;
  readonly measurement_id: string;
  /** False where the configuration leaves it out. */
  readonly measured: boolean;
}

/** The first node of every measurement that is wanted, in the order in which they stand. */
export function jobsOf(nodes: readonly JobNode[]): Job[] {
  const places = new Map<string, number>();
  const jobs = new Map<string, Job>();
  for (const { batch_size, length, scope, type, measurement_id, measured } of nodes) {
    const key = `${batch_size}/${length}/${scope}/${type}`;
    const place = places.get(key) ?? 0;
    places.set(key, place + 1);
    if (!measured || jobs.has(measurement_id)) continue;
    jobs.set(measurement_id, { measurement_id, batch_size, length, scope, type, place });
  }
  return [...jobs.values()];
}

/** How long a sync burst lasts with the standby around it, s. */
export function burst_s({ lead, burst_scale }: LiveProtocol): number {
  const steps_ms = [...burstOn_ms, ...burstOff_ms].reduce((sum, ms) => sum + ms, 0);
  return 2 * lead + (burst_scale * steps_ms) / 1e3;
}

/** Preparing and calibrating a node takes about so long: a tenth of a round, and building its inputs. */
const calibratedPart = 0.1;
const prepare_s = 1;

/** How long one measurement takes where nothing has to be waited for or done again, s. */
export const measurement_s = ({ round, rounds }: Rounds, { pause, warm_up, gate }: LiveProtocol): number =>
  gate + prepare_s + calibratedPart * round + warm_up + rounds * (round + pause);

/**
 * How long a session of so many measurements takes, s: two bursts (none where there is no meter to put on one clock),
 * standby every so often, the measurements.
 */
export function session_s(jobs: number, rounds: Rounds, protocol: LiveProtocol, metered: boolean): number {
  const measured_s = jobs * measurement_s(rounds, protocol);
  const standbys = 1 + Math.floor(measured_s / protocol.standby_every);
  return (metered ? 2 * burst_s(protocol) : 0) + standbys * protocol.gate + measured_s;
}
