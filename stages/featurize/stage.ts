/** featurize: a row for each node, with Table 1's features and its measured energy (DESIGN 4 and 8). */
import { z } from 'zod';
import { type Partition, same, type Stage } from '../../pipeline/stage.js';
import { measurements } from '../align/tables.js';
import { session } from '../profile/tables.js';
import { nodes } from '../trace/tables.js';
import { features } from './tables.js';

export const featurizeParams = z.strictObject({});

export type FeaturizeParams = z.output<typeof featurizeParams>;

/** The sessions that hold a model's measurements: a replay has one for each model, of its name. */
const ofModel = (own: Partition, theirs: Partition): boolean => theirs.session === own.model;

export const featurize: Stage<FeaturizeParams> = {
  name: 'featurize',
  about: "one row a node: Table 1's features, and the wall energy with its spread and uncertainty",
  params: featurizeParams,
  reads: [
    { table: nodes, of: same },
    { table: measurements, of: ofModel },
    { table: session, of: ofModel },
  ],
  writes: [features],
  partitions: (_, { trace }) => trace.map(({ model }) => ({ model })),
  run: async (context) => (await import('./run.js')).run(context),
};
