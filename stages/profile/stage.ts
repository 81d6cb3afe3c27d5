/** profile: the raw logs of a measuring campaign, somebody's own or replayed from a bench's means (DESIGN 5, METHODS 6). */
import { z } from 'zod';
import { findings } from '../../pipeline/findings.js';
import type { FileInput, Source, Stage } from '../../pipeline/stage.js';
import { machineFiles } from '../energy/benches/machine.js';
import { meansFiles } from '../energy/benches/means.js';
import { liveOf } from '../energy/benches/live/settings.js';
import { meterFiles } from '../energy/meters/settings.js';
import type { Sizes } from '../energy/tree/workloads.js';
import { duration } from '../energy/units.js';
import { nodes, operators } from '../trace/tables.js';
import { instruments } from './instruments.js';
import { liveProtocol } from './live/protocol.js';
import { failures, power, resources, rounds, session } from './tables.js';

export const profileParams = z.strictObject({
  /** Least length of a round, s. */
  round: duration().pipe(z.number().positive('expected more than 0 s')).prefault('20 s'),
  /** Rounds of each measurement. */
  rounds: z.number().int().min(1).max(1000).default(5),
  instruments: instruments.prefault('default'),
  /** How long a bench of one's own is waited for, warmed up and rested. */
  live: liveProtocol.prefault({}),
  /** What the instruments' noise and losses are drawn for. */
  seed: z.number().int().min(0).default(1),
});

export type ProfileParams = z.output<typeof profileParams>;

/** What of trace's slice a session needs: its workloads, and the code of models that PyTorch traces. */
const traceOf = (settings: Readonly<Record<string, unknown>>) => settings.trace as TracedWorkloads;

interface TracedWorkloads extends Sizes {
  readonly measure?: readonly string[];
  readonly torch?: Readonly<Record<string, string>>;
}

const replay = () => import('./run.js');

/** How logs come about, by the kind of the source. */
const ways: Readonly<Record<string, () => Promise<Pick<Stage<ProfileParams>, 'run'>>>> = {
  published: replay,
  twin: replay,
  logs: () => import('./logs.js'),
  live: () => import('./live/run.js'),
};

/** A session is a model. */
const ofSession = (own: Readonly<Record<string, string>>, theirs: Readonly<Record<string, string>>): boolean =>
  own.session === theirs.model;

function ownMeterFiles(source: Source): FileInput[] {
  const meter = source.kind === 'live' ? liveOf(source).meter : null;
  return meter === null ? [] : meterFiles(meter);
}

export const profile: Stage<ProfileParams> = {
  name: 'profile',
  about: 'the raw logs: rounds, power meter and resources of every measurement, read or replayed from means',
  params: profileParams,
  reads: [nodes, operators].map((table) => ({ table, of: ofSession })),
  writes: [rounds, power, resources, session, failures, findings],
  usesSource: true,
  files: (_, source) => [
    ...meansFiles(source),
    ...machineFiles(source).map((path) => ({ name: 'bench', path })),
    ...ownMeterFiles(source),
  ],
  partitions: (_, { trace }) => trace.map(({ model }) => ({ session: model })),
  // A live session ends when its logs hold.
  rehearses: 'align',
  requires: ({ kind }) => (kind === 'live' ? ['meter'] : []),
  borrows: (settings, { session: model }, { kind }) => (kind === 'live' ? traceOf(settings).torch?.[model] : undefined),
  forecast: async (params, source, { session: model }, { run, settings }) =>
    (await import('./live/forecast.js')).forecast(params, source, model, run, traceOf(settings)),
  run: async (context) => {
    const { run } = await ways[context.source.kind]();
    return run(context);
  },
};
