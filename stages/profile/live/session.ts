/**
 * One session, from where its journal stops to its end:
 *
 *     leg ─▶ lead, burst, lead ─▶ standby ─▶ measurement, measurement, … ─▶ lead, burst, lead ─▶ end
 *                                    ▲          │ every hour
 *                                    └──────────┘
 *
 * A leg is what one start of the program measures; a session that was interrupted has several, each with its own bursts,
 * logs and standby.
 */
import { UnavailableError } from '../../../pipeline/errors.js';
import type { Instruments, Runner } from '../../energy/benches/live/instruments.js';
import { RunnerDied } from '../../energy/benches/live/node_runner.js';
import { burstOff_ms, burstOn_ms } from '../burst.js';
import { type Broken, broken, findingOf, gpuRound_s, liveChecks } from './checks.js';
import { Gate, type Standby } from './gate.js';
import { notAlone } from './idle_checks.js';
import { type Job, session_s } from './jobs.js';
import { type Journal, pendingBy, told } from './journal.js';
import { measure, mostDeaths } from './measure.js';
import type { LiveProtocol, Rounds } from './protocol.js';
import { RunnerKeeper } from './runner_keeper.js';

export interface SessionSettings {
  readonly session: string;
  /** What the node runner loads. */
  readonly model: string;
  readonly rounds: Rounds;
  readonly protocol: LiveProtocol;
  /** What its owner states of the bench's standby; null: measured. */
  readonly standby_w: number | null;
  /** Others' processor time that still counts as idle, %. */
  readonly cpuLimit_pct: number;
  /** Said of the GPU's clocks: locked at so many MHz, or free. */
  readonly clocks: string;
  readonly boot_id: string;
  readonly utc_us: () => number;
}

/** Told to whoever watches: what happens now, and how far it is. */
export interface Watch {
  readonly done: number;
  readonly total: number;
  readonly now: string;
  readonly left_s: number;
}

export type Tell = (watch: Watch) => void;

/** What the states of a session share. */
export interface Session {
  readonly settings: SessionSettings;
  readonly instruments: Instruments;
  readonly journal: Journal;
  readonly keeper: RunnerKeeper;
  readonly gate: Gate;
  /** Says what happens now. */
  readonly say: (now: string) => void;
  /** Keeps a finding. */
  readonly find: (found: Broken, subject: string) => void;
  standby: Standby;
}

/** Whatever is not done; with `retries` what could not be run, too. */
const pendingOf = (jobs: readonly Job[], { entries }: Journal, retries = false): Job[] => {
  const pending = pendingBy(entries, retries);
  return jobs.filter(({ measurement_id }) => pending(measurement_id) !== null);
};

/** True where nothing is left to measure, and the last burst has been. */
export const isFinished = (jobs: readonly Job[], journal: Journal, retries = false): boolean =>
  pendingOf(jobs, journal, retries).length === 0 && told(journal.entries).closed;

/** Measures whatever of these jobs is not done. Throws a RefusedError or an UnavailableError where it cannot go on. */
export async function measureSession(
  jobs: readonly Job[],
  settings: SessionSettings,
  instruments: Instruments,
  journal: Journal,
  tell: Tell = () => {},
): Promise<void> {
  const { retry_failed } = settings.protocol;
  if (isFinished(jobs, journal, retry_failed)) return;
  const pending = pendingOf(jobs, journal, retry_failed);
  const keeper = new RunnerKeeper(instruments, settings.model);
  let left = pending.length;
  const say = (now: string): void =>
    tell({
      done: jobs.length - left,
      total: jobs.length,
      now,
      left_s: session_s(left, settings.rounds, settings.protocol, instruments.meter !== null),
    });
  const find = (found: Broken, subject: string): void => journal.add({ kind: 'finding', ...findingOf(found, subject) });
  try {
    await beAlone(instruments);
    const runner = await keeper.running();
    const leg = told(journal.entries).legs + 1;
    const [mono_us, utc_us] = [instruments.now_us(), settings.utc_us()];
    const about = `${runner.hello.device}, PyTorch ${runner.hello.torch}`;
    journal.add({
      kind: 'leg',
      leg,
      mono_us,
      utc_us,
      boot_id: settings.boot_id,
      runner: about,
      clocks: settings.clocks,
    });
    if (leg === 1) firstFindings(settings, instruments.meter !== null, find);
    const gate = new Gate(settings, instruments, say, find);
    const session = { settings, instruments, journal, keeper, gate, say, find };
    await burst(session);
    const whole: Session = { ...session, standby: await standby(session, null) };
    for (const job of pending) {
      if (instruments.now_us() - whole.standby.mono_us > settings.protocol.standby_every * 1e6) {
        whole.standby = await standby(session, whole.standby);
      }
      await measure(job, whole);
      left--;
    }
    await burst(session);
    journal.add({ kind: 'end', leg, mono_us: instruments.now_us() });
  } finally {
    await keeper.close().catch(() => undefined);
  }
}

/** Nothing is started on a GPU that somebody uses. */
async function beAlone(instruments: Instruments): Promise<void> {
  const others = notAlone(await instruments.gpuUsers());
  if (others) throw new UnavailableError(others.message, 'end it, or measure when it is done: its joules would be counted as the model’s'); // prettier-ignore
}

/** The checks that a meter would have to answer are told as not stated: they do not pass. */
const noMeter =
  'no power meter: joules are the GPU’s alone, not the wall’s; not stated: the wall’s standby (14, 15), its lines (4, 5), its range (8), whether it agrees with the GPU (24)';

/** What is known to be short of the checks from the start. */
function firstFindings({ session, rounds, clocks }: SessionSettings, metered: boolean, find: Session['find']): void {
  const { round_s, clockVariation_pct, meter } = liveChecks;
  if (!metered) find(broken(meter, null, noMeter), session);
  const limit = metered ? round_s.limit : gpuRound_s;
  if (rounds.round < limit) find(broken({ ...round_s, limit }, rounds.round, `rounds of ${rounds.round} s are short: their edges weigh`), session); // prettier-ignore
  if (clocks.startsWith('free')) find(broken({ ...clockVariation_pct, limit: NaN }, null, `the GPU's clock is ${clocks}: it is logged, and one of the features`), session); // prettier-ignore
}

type Started = Omit<Session, 'standby'>;

/** A sync burst with standby at both ends. */
async function burst(session: Started): Promise<void> {
  const { settings, instruments, journal, say } = session;
  // It puts the meter's clock beside the host's: without a meter all stamps are of one clock.
  if (instruments.meter === null) return;
  const { lead, burst_scale } = settings.protocol;
  say('sync burst');
  const steps = burstOn_ms.map((on_ms, i) => ({
    on_s: (burst_scale * on_ms) / 1e3,
    off_s: (burst_scale * burstOff_ms[i]) / 1e3,
  }));
  await instruments.wait(lead);
  const stamps = await surviving(session, async (runner) => runner.burst(steps));
  await instruments.wait(lead);
  instruments.sync();
  journal.add({
    kind: 'sync',
    steps: stamps.map(({ start_mono_us, end_mono_us }) => ({ start_us: start_mono_us, end_us: end_mono_us })),
  });
}

/** Has the runner do something that no node is to blame for; where it dies, another one does it. */
async function surviving<Result>(
  { keeper, find, settings }: Started,
  work: (runner: Runner) => Promise<Result>,
): Promise<Result> {
  for (let died = 1; ; died++) {
    try {
      return await work(await keeper.running());
    } catch (error) {
      if (!(error instanceof RunnerDied)) throw error;
      keeper.lost();
      find(broken(liveChecks.ran, died, `the node runner died: ${error.message}`), settings.session);
      if (died === mostDeaths) throw new UnavailableError(`the node runner died ${died} times: ${error.message}`, 'see what PyTorch said'); // prettier-ignore
    }
  }
}

/** Standby with PyTorch started and nothing to do; kept, and held against the one before. */
async function standby({ settings, journal, gate, find }: Started, before: Standby | null): Promise<Standby> {
  const { now, drift } = await gate.standby(before);
  journal.add({ kind: 'standby', ...now });
  if (drift) find(drift, settings.session);
  return now;
}
