/** profile on a bench of one's own: measures what its journal lacks, then makes the datasets of journal and logs. */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../../pipeline/errors.js';
import { findings } from '../../../pipeline/findings.js';
import { fromRows, toRows } from '../../../pipeline/rows.js';
import type { TaskContext } from '../../../pipeline/stage.js';
import { readableDuration } from '../../../pipeline/terminal.js';
import { OpenInstruments, resourcePeriod_us } from '../../energy/benches/live/open_instruments.js';
import { type LiveSettings, liveOf } from '../../energy/benches/live/settings.js';
import { bootId, utc_us } from '../../energy/meters/host_clock.js';
import { identityOf } from '../../energy/meters/settings.js';
import type { ProfileParams } from '../stage.js';
import { failures, power, resources, rounds, session } from '../tables.js';
import { liveChecks } from './checks.js';
import { leftOut, measureAgain, mostTimes } from './again.js';
import { type Datasets, datasetsOf } from './datasets.js';
import { type Job, type JobNode, jobsOf } from './jobs.js';
import { Journal, meterLog, resourceLog, sessionFolder, told } from './journal.js';
import { isFinished, measureSession, type SessionSettings } from './session.js';

export async function run(context: TaskContext<ProfileParams>): Promise<void> {
  const { params, partition, source, database, write } = context;
  const live = liveOf(source);
  const sql = await readFile(new URL('../live_nodes.sql', import.meta.url), 'utf8');
  const jobs = jobsOf(toRows(await database.query(sql)) as unknown as JobNode[]);
  const folder = sessionFolder(context.run, partition.session);
  const journal = Journal.open(folder, partition.session, ofJournal(live, params));
  const wanted = new Set(jobs.map(({ measurement_id }) => measurement_id));
  const about = { session: partition.session, label: source.label, settings: live, resourcePeriod_us };
  let made: Datasets;
  try {
    for (let times = 0; ; times++) {
      if (!isFinished(jobs, journal, params.live.retry_failed)) await measure(context, jobs, journal, folder);
      made = await datasetsOf(folder, journal.entries, wanted, about);
      if (times === mostTimes) break;
      const { rounds, power, resources, session } = made;
      const left = leftOut(await context.rehearse!({ rounds, power, resources, session }), partition.session);
      if (!measureAgain(left, jobs, params.rounds, journal)) break;
    }
  } finally {
    journal.close();
  }
  await write(rounds, made.rounds);
  await write(power, made.power);
  await write(resources, made.resources);
  await write(session, made.session);
  await write(failures, made.failures);
  await write(findings, fromRows(findings, made.findings.map((finding) => ({ ...finding })))); // prettier-ignore
}

/** What all rounds of a session must share; the rest of the settings may be corrected in between. */
const ofJournal = ({ machine, meter, gpu, clocks }: LiveSettings, { round, rounds: count }: ProfileParams) => {
  const { name, period_us } = meter ? identityOf(meter) : { name: null, period_us: null };
  return { bench: machine.name, meter: name, meter_period_us: period_us, gpu, clocks_mhz: clocks, round_s: round, rounds: count }; // prettier-ignore
};

async function measure(context: TaskContext<ProfileParams>, jobs: readonly Job[], journal: Journal, folder: string) {
  const { params, partition, source, progress, borrowed } = context;
  const live = liveOf(source);
  enoughLines(live, params);
  const leg = told(journal.entries).legs + 1;
  const logs = { meter: meterLog(folder, leg), resources: resourceLog(folder, leg) };
  const waits = (text: string): void => progress(0, jobs.length, text, true);
  const instruments = await OpenInstruments.open(live, logs, waits);
  const settings: SessionSettings = {
    session: partition.session,
    model: typeof borrowed === 'string' ? borrowed : partition.session,
    rounds: params,
    protocol: params.live,
    standby_w: live.standby,
    cpuLimit_pct: 100 * live.idle_load,
    clocks: instruments.clocks,
    boot_id: bootId(),
    utc_us,
  };
  try {
    await measureSession(jobs, settings, instruments, journal, ({ done, total, now, left_s }) =>
      progress(done, total, `${now}; ${readableDuration(left_s)} of measuring left`),
    );
  } finally {
    await instruments.close();
  }
}

/** A round that cannot have enough lines is not begun. */
function enoughLines({ meter }: LiveSettings, { round }: ProfileParams): void {
  if (meter === null) return;
  const { period_us } = identityOf(meter);
  const { limit } = liveChecks.lines;
  const lines = Math.floor((round * 1e6) / period_us);
  if (lines >= limit) return;
  throw new UsageError(
    `profile.round: ${round} s have ${lines} lines of a meter that prints every ${period_us / 1e3} ms; ${limit} are needed`,
    `expected ${Math.ceil((limit * period_us) / 1e6)} s or more`,
  );
}
