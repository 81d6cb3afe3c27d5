/** The rows that pass between align's SQL and its checks. */
import type { Table as ArrowTable } from 'apache-arrow';
import { toRows } from '../../pipeline/rows.js';

/** One row of profile's `session`: what is known of bench and instruments; null is not stated. */
export interface SessionFacts {
  readonly session: string;
  readonly first_us: number;
  readonly last_us: number;
  /** Null where there is none: then all that is said of it is null, and nothing is known at the wall. */
  readonly meter: string | null;
  /** The meter's lines are stamped by the host's clock. */
  readonly one_clock: boolean;
  readonly meter_kind: string | null;
  readonly meter_period_us: number | null;
  readonly meter_noisy: boolean | null;
  readonly meter_range_a: number | null;
  readonly power_factor_source: string | null;
  readonly resource_period_us: number;
  readonly standby_w: number | null;
}

type OfMeter = 'meter' | 'meter_kind' | 'meter_period_us' | 'meter_noisy' | 'power_factor_source';

/** A session with a meter. */
export type MeteredFacts = SessionFacts & { readonly [Name in OfMeter]: NonNullable<SessionFacts[Name]> };

export const isMetered = (facts: SessionFacts): facts is MeteredFacts => facts.meter !== null;

/** The row of quality.sql: counts of a session's lines, its intervals, its highest current. */
export interface Quality {
  readonly lines: number;
  readonly repeated: number;
  readonly same_values: number;
  readonly invalid: number;
  readonly missing: number;
  /** Lines that tell real power themselves, and those that tell a power factor instead. */
  readonly real_power: number;
  readonly with_factor: number;
  readonly first_us: number | null;
  readonly last_us: number | null;
  /** Median distance of two lines, and of two resource samples. */
  readonly interval_us: number | null;
  readonly sample_us: number | null;
  readonly peak_a: number | null;
  /** Lines whose current is the highest. */
  readonly at_peak: number;
  /** Samples with an energy counter of the GPU, and with its power. */
  readonly gpu_counters: number;
  readonly gpu_powers: number;
  /** Columns that no sample tells, one after the other. */
  readonly untold: string;
}

/** A row of rounds_judged.sql: what the checks look at of one round; energies and latency are of one run. */
export interface RoundEnergy {
  readonly id: number;
  readonly measurement_id: string;
  readonly round: number;
  readonly repeats: number;
  readonly start_us: number;
  readonly end_us: number;
  readonly wall_j: number | null;
  readonly gpu_j: number | null;
  readonly latency_s: number;
  /** Parts of the round for which the meter tells nothing (null where there is none), and for which the GPU's power is not known. */
  readonly gap_s: number | null;
  readonly gpu_gap_s: number;
  /** The longest silence of the meter that touches the round; null where it touches none. */
  readonly silence_ms: number | null;
  /** Of the meter; null where there is none. */
  readonly lines: number | null;
  readonly lines_missing: number | null;
  readonly lines_invalid: number | null;
  /** Checks that left it out when it was measured, by id; profile's findings tell why. */
  readonly left_out_by: string | null;
}

/** Rows of a query as objects whose fields the query is known to give. */
export const rowsAs = <Row>(rows: ArrowTable): Row[] => toRows(rows) as unknown as Row[];
