/** A finished session as the program leaves it behind on disk, measured in virtual time: the program needs no instruments then. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Journal, meterLog, resourceLog, sessionFolder } from '../../stages/profile/live/journal.js';
import type { Job } from '../../stages/profile/live/jobs.js';
import { measureSession, type SessionSettings } from '../../stages/profile/live/session.js';
import { ordinary, type PcOptions, SimulatedPc } from './simulated_pc.js';
import { jobsIn, nodesOf, settings } from './simulated_session.js';
import { tinyWorkload, truthOf } from './truth.js';

interface Left {
  readonly truth: PcOptions['truth'];
  readonly jobs: readonly Job[];
  readonly rounds: SessionSettings['rounds'];
}

/** What such sessions are of. No meter is at that port: what a session lacks cannot be measured here, and `run` ends with 4. */
export const leftConfiguration = (models: readonly string[]): string => `run: ours
bench:
  source: [live]
  live:
    machine: { name: simulated PC, threads: 20 }
    meter: { type: emonlib, port: /dev/not-there }
    gpu: GPU-0
trace: { models: [${models.join(', ')}], batch_sizes: [${tinyWorkload.batch_size}], lengths: [${tinyWorkload.length}] }
`;

/**
 * Of one model, by the settings that `profile` has by default and the truth of truth.ts unless others are given; the bench
 * lacks what `lacks` says.
 */
export async function leaveSession(
  folder: string,
  run: string,
  model: string,
  lacks?: PcOptions['lacks'],
  others?: Left,
): Promise<void> {
  const own = join(folder, sessionFolder(run, model));
  mkdirSync(own, { recursive: true });
  const logs = { meter: meterLog(own, 1), resources: resourceLog(own, 1) };
  const nodes = nodesOf(model);
  const { truth, jobs, rounds } = others ?? {
    truth: truthOf,
    jobs: jobsIn(nodes, (signature) => `${model}/${signature}`),
    rounds: settings.rounds,
  };
  const pc = new SimulatedPc({ nodes, truth, imperfections: ordinary, logs, lacks });
  const meter = lacks === 'meter' ? null : { meter: 'emonlib', meter_period_us: 170_000 };
  const about = {
    bench: 'simulated PC',
    ...(meter ?? { meter: null, meter_period_us: null }),
    gpu: lacks === 'gpu' ? null : 'GPU-0',
    clocks_mhz: null,
    round_s: rounds.round,
    rounds: rounds.rounds,
  };
  const journal = Journal.open(own, model, about);
  await measureSession(jobs, { ...settings, session: model, rounds }, pc, journal);
  journal.close();
}
