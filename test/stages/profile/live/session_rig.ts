/** A session of three measurements on a simulated PC, for the tests of its states. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobsOf } from '../../../../stages/profile/live/jobs.js';
import { type EntryOf, Journal, readJournal, told } from '../../../../stages/profile/live/journal.js';
import { measureSession, type SessionSettings } from '../../../../stages/profile/live/session.js';
import { type Fault, SimulatedPc } from '../../../truth/simulated_pc.js';
import { settings } from '../../../truth/simulated_session.js';

export const nodes = ['A', 'B', 'C'].map((type, node_id) => ({
  node_id,
  parent_id: null,
  scope: type.toLowerCase(),
  type,
  level: 'ml' as const,
  flops: 0,
  mem_bytes: 0,
  signature: type,
}));

const jobs = jobsOf(
  nodes.map(({ scope, type }) => ({ scope, type, measurement_id: type, batch_size: 8, length: 32, measured: true })),
);

export const pc = (started_us = 600e6) => {
  const wall_w = (type: string): number => 150 + 10 * 'ABC'.indexOf(type);
  return new SimulatedPc({
    nodes,
    truth: ({ type }) => ({ latency_s: 0.1, wall_w: wall_w(type), gpu_w: 80 }),
    started_us,
  });
};

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'irene-session-'));

export interface Went {
  readonly folder: string;
  readonly error: Error | null;
  readonly of: ReturnType<typeof told>['of'];
}

export async function session(
  machine: SimulatedPc,
  changed: Partial<SessionSettings> = {},
  folder = newFolder(),
): Promise<Went> {
  const own = { ...settings, ...changed };
  const journal = Journal.open(folder, own.session, { rounds: own.rounds });
  let error: Error | null = null;
  try {
    await measureSession(jobs, own, machine, journal);
  } catch (caught) {
    error = caught as Error;
  }
  journal.close();
  return { folder, error, of: told(readJournal(folder)).of };
}

export const goodOf = ({ of }: Went, id: string): EntryOf<'round'>[] =>
  of('round').filter(({ measurement_id, excluded_by }) => measurement_id === id && excluded_by.length === 0);

/** Faults that begin when so many rounds have begun. */
export function afterRounds(machine: SimulatedPc, rounds: number, kind: Fault['kind'], seconds: number): void {
  machine.onTime = (now_us) => {
    if (machine.rounds < rounds || machine.faults.length > 0) return;
    machine.faults = [{ kind, from_us: now_us, to_us: now_us + seconds * 1e6 }];
  };
}
