/**
 * How a bench measures live, `profile.live` of a configuration: how long it waits for what. Every key has the default of
 * its source; shorter ones are for trying a bench out, and what they cost is told by the checks.
 */
import { z } from 'zod';
import { duration } from '../../energy/units.js';
import { liveChecks } from './checks.js';

const positive = () => duration().pipe(z.number().positive('expected more than 0 s'));

export const liveProtocol = z.strictObject({
  /** Further rounds where the energy varies too much over the first (IrEne 5.2; check 17). */
  more_rounds: z.number().int().min(0).default(5),
  /** Standby between two rounds: the edges of a round need it (research/measuring.md 1.4). */
  pause: positive().prefault('2 s'),
  /** Before the rounds; ten runs at least (Zeus; check 16). */
  warm_up: positive().prefault('5 s'),
  /** How long a machine must have been idle (check 14). */
  gate: positive().prefault('10 s'),
  /** How much more than standby a machine may draw that is idle, W; 1 % of standby where that is more (check 14). */
  above_standby_w: z.number().positive().default(liveChecks.standby_w.limit),
  /** How much hotter than at standby the GPU may be when a measurement begins, °C (check 16). */
  hotter_c: z.number().positive().default(liveChecks.startTemperature_c.limit),
  /** How long an idle machine, a cool GPU or a silent meter is waited for (check 16). */
  patience: positive().prefault('10 min'),
  /** Standby is measured again so often (check 15). */
  standby_every: positive().prefault('1 h'),
  /** Nothing but standby at both ends of a sync burst. */
  lead: positive().prefault('5 s'),
  /** The sync bursts' steps are so many times 2 to 5 s long (METHODS 6). */
  burst_scale: z.number().positive().max(1).default(1),
  /** Nodes that could not be run here (out of memory, a runner that died) are tried again, once a start. */
  retry_failed: z.boolean().default(false),
});

export type LiveProtocol = z.output<typeof liveProtocol>;

/** Of a measurement, as the rest of `profile` has them. */
export interface Rounds {
  /** Least length of a round, s. */
  readonly round: number;
  readonly rounds: number;
}
