/** align: raw logs become the energy and resource means of every round (DESIGN 4, METHODS 6). */
import { z } from 'zod';
import { findings } from '../../pipeline/findings.js';
import { same, type Stage } from '../../pipeline/stage.js';
import { duration } from '../energy/units.js';
import { limits } from './checks.js';
import { power, resources, rounds, session } from '../profile/tables.js';
import { clock, measurements } from './tables.js';

export const alignParams = z.strictObject({
  /** What a line of the meter is: the mean of the window that ended with it, or an instant. */
  meter: z.enum(['window', 'instant']).default('window'),
  /** How the windows at the two ends of a round are counted: research/measuring.md 1.4 has what each gets wrong. */
  edge: z.enum(['step', 'clip', 'interior']).default('step'),
  /** A meter silent for longer makes a gap, in s; null is 3.5 of its intervals: two lines lost in a row pass (CHECKS 4). */
  max_gap: duration().pipe(z.number().positive()).nullable().default(null),
  /** Good rounds that a measurement must have: fewer than three show no spread. */
  least_rounds: z.int().min(1).default(limits.roundsLeft.limit),
  /** How far apart the two clocks may be, in s. */
  clock_search: duration().pipe(z.number().positive()).prefault('10 min'),
});

export type AlignParams = z.output<typeof alignParams>;

export const align: Stage<AlignParams> = {
  name: 'align',
  about: 'joins the logs by timestamp: clock, energy of every round by each edge rule, resource means, checks',
  params: alignParams,
  reads: [rounds, power, resources, session].map((table) => ({ table, of: same })),
  writes: [measurements, clock, findings],
  partitions: (_, { profile }) => profile,
  run: async (context) => (await import('./run.js')).run(context),
};
