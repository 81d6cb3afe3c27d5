/** profile: the raw logs of a measuring campaign, somebody's own or replayed from a bench's means (DESIGN 5, METHODS 6). */
import { z } from 'zod';
import { findings } from '../../pipeline/findings.js';
import type { Stage } from '../../pipeline/stage.js';
import { machineFiles } from '../energy/benches/machine.js';
import { meansFiles } from '../energy/benches/means.js';
import { duration } from '../energy/units.js';
import { nodes, operators } from '../trace/tables.js';
import { instruments } from './instruments.js';
import { power, resources, rounds, session } from './tables.js';

export const profileParams = z.strictObject({
  /** Least length of a round, s. */
  round: duration().pipe(z.number().positive('expected more than 0 s')).prefault('20 s'),
  /** Rounds of each measurement. */
  rounds: z.number().int().min(1).default(5),
  instruments: instruments.prefault('default'),
  /** What the instruments' noise and losses are drawn for. */
  seed: z.number().int().min(0).default(1),
});

export type ProfileParams = z.output<typeof profileParams>;

/** In a replay a session is a model. */
const ofSession = (own: Readonly<Record<string, string>>, theirs: Readonly<Record<string, string>>): boolean =>
  own.session === theirs.model;

export const profile: Stage<ProfileParams> = {
  name: 'profile',
  about: 'the raw logs: rounds, power meter and resources of every measurement, read or replayed from means',
  params: profileParams,
  reads: [nodes, operators].map((table) => ({ table, of: ofSession })),
  writes: [rounds, power, resources, session, findings],
  usesSource: true,
  files: (_, source) => [...meansFiles(source), ...machineFiles(source).map((path) => ({ name: 'bench', path }))],
  partitions: (_, { trace }) => trace.map(({ model }) => ({ session: model })),
  run: async (context) =>
    context.source.kind === 'logs' ? (await import('./logs.js')).run(context) : (await import('./run.js')).run(context),
};
