/**
 * The states of one measurement:
 *
 *     gate ─▶ prepare ─▶ calibrate ─▶ warm-up ─▶ round ─▶ judged ─┬─ good, enough and alike ─▶ done
 *      ▲         │ the node cannot run ─▶ done, with a finding    ├─ more wanted ─▶ pause ─▶ round
 *      └─────────┴─────── the runner died, a few times ◀──────────┴─ bad ─▶ gate ─▶ round
 */
import type { Calibration } from '../../energy/benches/live/runner_protocol.js';
import { NodeFailure, RunnerDied } from '../../energy/benches/live/node_runner.js';
import type { Runner } from '../../energy/benches/live/instruments.js';
import { type Broken, broken, liveChecks } from './checks.js';
import type { Job } from './jobs.js';
import { type EntryOf, isGood, told } from './journal.js';
import { type GoodRound, gpuEnergy_j, judgeRound, notAlike, type RoundSeen, wallEnergy_j } from './round_checks.js';
import type { Session } from './session.js';

/** A spread needs three rounds; where fewer are asked for, there is none. Align refuses a measurement with fewer. */
const leastGood = 3;
/** So often a runner may die of one measurement; then the node is what kills it. */
export const mostDeaths = 3;
/** So many rounds in a row may be bad; then the measurement is left as it is, and align refuses it if too few are good. */
const badInARow = 5;

/** Of the wanted length of a round. Ours: a clock that rises after the calibration makes it shorter. */
const shortest = 0.9;

/** Measures one job to its end; what is measured of it already stays. */
export async function measure(job: Job, session: Session): Promise<void> {
  const runs = await canRun(job, session);
  const { measurement_id } = job;
  session.journal.add({ kind: 'done', measurement_id, outcome: outcomeOf(measurement_id, runs, session) });
}

/** Has its rounds run; false where the node cannot be run here. A runner that died, or lost its device, is started again. */
async function canRun(job: Job, session: Session): Promise<boolean> {
  for (let deaths = 1; ; deaths++) {
    try {
      await rounds(job, session);
      return true;
    } catch (error) {
      const died = error instanceof RunnerDied;
      if (!died && !(error instanceof NodeFailure && error.kind !== 'unavailable')) throw error;
      const what = died ? 'the node runner died' : `the node cannot be run (${error.kind})`;
      session.find(broken(liveChecks.ran, died ? deaths : null, `${what}: ${error.message}`), job.measurement_id);
      const lost = died || error.kind === 'device_lost';
      if (lost) session.keeper.lost();
      if (!lost || deaths === mostDeaths) return false;
    }
  }
}

/** A mean needs good rounds that are alike; what differs after all its rounds is no truth (check 17). */
function outcomeOf(id: string, runs: boolean, { journal, find, settings }: Session): EntryOf<'done'>['outcome'] {
  if (!runs) return 'failed';
  const fine = good(told(journal.entries).rounds(id));
  if (fine.length < Math.min(leastGood, settings.rounds.rounds)) return 'poor';
  const differ = notAlike(fine);
  if (differ) find({ ...differ, check: { ...differ.check, action: 'warn' } }, id);
  return differ ? 'failed' : 'measured';
}

const good = (rounds: readonly EntryOf<'round'>[]): GoodRound[] =>
  rounds.filter(isGood).flatMap(({ start_us, end_us, repeats, wall_j, gpu_j }) => {
    const energy_j = wall_j ?? gpu_j;
    if (energy_j === null) return [];
    return [{ latency_s: (end_us - start_us) / 1e6 / repeats, scope: wall_j === null ? 'GPU' : 'wall', energy_j }];
  });

/** Why another round is wanted of a measurement; null where it has enough. */
function wants(
  rounds: readonly EntryOf<'round'>[],
  fresh: readonly EntryOf<'round'>[],
  least: number,
  more: number,
): string | null {
  const fine = good(rounds);
  const sinceGood = fresh.length - 1 - fresh.findLastIndex(isGood);
  if (sinceGood >= badInARow) return null;
  if (fine.length < least) return `round ${fine.length + 1} of ${least}`;
  const differ = notAlike(fine);
  return differ && fine.length < least + more ? `round ${fine.length + 1}: ${differ.message}` : null;
}

async function rounds(job: Job, session: Session): Promise<void> {
  const { journal, keeper, gate, settings, say } = session;
  const { measurement_id: id } = job;
  const short = `${job.type} of b${job.batch_size} s${job.length}`;
  const wanted = (): string | null => {
    const { rounds: all, fresh } = told(journal.entries);
    return wants(all(id), fresh(id), settings.rounds.rounds, settings.protocol.more_rounds);
  };
  let runner: Runner | null = null;
  for (let want = wanted(); want !== null; want = wanted()) {
    if (runner === null) {
      say(`${short}: standby`);
      session.standby = await gate.open(session.standby);
      runner = await keeper.prepared(job);
      await warmUp(id, runner, session);
    }
    const state = readings(session);
    say(`${short}, ${want}${state}`);
    const bad = await round(job, runner, session);
    // After a bad round the machine is looked at before the next.
    if (bad) runner = null;
    else await session.instruments.wait(settings.protocol.pause);
  }
  if (runner) await runner.release();
}

/** Power and temperature as they are now, for whoever watches. */
function readings({ instruments: { power, gpu } }: Session): string {
  const told = [power.last && `${power.last.power_w.toFixed(1)} W`, gpu.last?.gpu_temperature_c != null && `${gpu.last.gpu_temperature_c} °C`]; // prettier-ignore
  const values = told.filter(Boolean);
  return values.length === 0 ? '' : `, ${values.join(', ')}`;
}

/**
 * The repeats of a measurement's rounds are worked out once, and a session that goes on takes them over; anew only where a
 * round showed that they are too few.
 */
async function warmUp(id: string, runner: Runner, { journal, settings, find }: Session): Promise<void> {
  const { rounds, protocol } = settings;
  const wasShort = told(journal.entries).rounds(id).at(-1)?.excluded_by.includes(liveChecks.round_s.check) ?? false;
  if (!told(journal.entries).begun(id) || wasShort) {
    const { repeats, latency_s } = await runner.calibrate(rounds.round);
    journal.add({ kind: 'begin', measurement_id: id, repeats, latency_s });
  }
  const { limit } = liveChecks.warmUpRuns;
  const { latency_s } = told(journal.entries).begun(id)!;
  const runs = await runner.warmUp(Math.max(protocol.warm_up, limit * latency_s));
  if (runs < limit) find(broken(liveChecks.warmUpRuns, runs, `${runs} runs of warm-up`), id);
}

/** Runs one round and judges it; true where it is bad. */
async function round(job: Job, runner: Runner, session: Session): Promise<boolean> {
  const { journal, instruments, find } = session;
  const { measurement_id: id } = job;
  const { repeats, latency_s } = told(journal.entries).begun(id)! satisfies Calibration;
  const { start_mono_us: start_us, end_mono_us: end_us } = await runner.round({ repeats, latency_s });
  await heard(end_us, session);
  const seen = await see(start_us, end_us, repeats, session);
  const found = [...tooShort(seen, session), ...judgeRound(seen)];
  const number = told(journal.entries).rounds(id).length + 1;
  const bad = found.filter(({ check }) => check.action === 'retry');
  for (const one of bad) find(one, `${id} round ${number}`);
  for (const one of found) if (!bad.includes(one)) once(one, id, session);
  instruments.sync();
  journal.add({
    kind: 'round',
    measurement_id: id,
    round: number,
    repeats,
    start_us,
    end_us,
    wall_j: wallEnergy_j(seen),
    gpu_j: instruments.meter === null ? gpuEnergy_j(seen) : null,
    excluded_by: [...new Set(bad.map(({ check }) => check.check))],
  });
  return bad.length > 0;
}

/** 22: runs that became faster after they were counted do not fill their round. */
function tooShort({ start_us, end_us }: RoundSeen, { settings }: Session): Broken[] {
  const limit = shortest * settings.rounds.round;
  const lasted_s = (end_us - start_us) / 1e6;
  if (lasted_s >= limit) return [];
  const check = { ...liveChecks.round_s, limit, action: 'retry' } as const;
  return [broken(check, lasted_s, `a round of ${settings.rounds.round} s lasted ${lasted_s.toFixed(2)} s`)];
}

/** What holds for every round of a measurement is told once. */
function once(found: Broken, id: string, { journal, find }: Session): void {
  const known = told(journal.entries).of('finding');
  if (!known.some(({ subject, check_id, severity }) => subject === id && check_id === found.check.check && severity === 'warn')) find(found, id); // prettier-ignore
}

/** Waits until the instruments have told what comes after the round, or are silent. */
async function heard(end_us: number, { instruments }: Session): Promise<void> {
  const { meter, resourcePeriod_us, power, host, gpu } = instruments;
  const period_us = meter?.period_us ?? resourcePeriod_us;
  const wanted_us = end_us + 2.5 * period_us;
  const limit_us = end_us + liveChecks.gapIntervals.limit * Math.max(period_us, resourcePeriod_us);
  const log = meter === null ? gpu : power;
  const isHeard = (): boolean => (log.last?.mono_us ?? 0) > wanted_us && (host.last?.mono_us ?? 0) > end_us;
  while (!isHeard() && instruments.now_us() < limit_us) await instruments.wait(period_us / 2e6);
}

async function see(start_us: number, end_us: number, repeats: number, session: Session): Promise<RoundSeen> {
  const { instruments, standby } = session;
  const { meter, resourcePeriod_us, hasGpu } = instruments;
  return {
    start_us,
    end_us,
    repeats,
    power: instruments.power.covering(start_us, end_us, 2),
    host: instruments.host.covering(start_us, end_us),
    gpu: instruments.gpu.covering(start_us, end_us),
    hasGpu,
    meterPeriod_us: meter?.period_us ?? null,
    meterRange_a: meter?.range_a ?? null,
    resourcePeriod_us,
    standby_w: standby.standby_w,
    users: await instruments.gpuUsers(),
  };
}
