/** featurize: every node gets Table 1's features and the measured wall energy of the measurement that stands for it. */
import { z } from 'zod';
import type { Partition, Stage } from '../../pipeline/stage.js';
import { measurements } from '../align/tables.js';
import { failures, session } from '../profile/tables.js';
import { nodes } from '../trace/tables.js';
import { features } from './tables.js';

export const featurizeParams = z.strictObject({});

export type FeaturizeParams = z.output<typeof featurizeParams>;

/** A session is a model and bears its name. */
const sessionOf = (own: Partition, theirs: Partition): boolean => own.model === theirs.session;

export const featurize: Stage<FeaturizeParams> = {
  name: 'featurize',
  about: 'gives each node its features and its measured energy, means over the rounds that no check excludes',
  params: featurizeParams,
  reads: [
    { table: nodes, of: (own, theirs) => own.model === theirs.model },
    { table: measurements, of: sessionOf },
    { table: session, of: sessionOf },
    { table: failures, of: sessionOf },
  ],
  writes: [features],
  partitions: (_, { trace }) => trace,
  run: async (context) => (await import('./run.js')).run(context),
};
