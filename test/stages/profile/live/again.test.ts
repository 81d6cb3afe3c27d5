/** What the joined logs leave out because an instrument failed is measured again, and nothing else is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rehearse } from '../../../../pipeline/execute/rehearsal.js';
import { fromRows, toRows } from '../../../../pipeline/rows.js';
import { align, alignParams } from '../../../../stages/align/stage.js';
import { leftOut, measureAgain } from '../../../../stages/profile/live/again.js';
import { Journal, told } from '../../../../stages/profile/live/journal.js';
import type { Datasets } from '../../../../stages/profile/live/datasets.js';
import { power } from '../../../../stages/profile/tables.js';
import { settings, SimulatedSession } from '../../../truth/simulated_session.js';
import { ideal } from '../../../truth/simulated_pc.js';

type Rounds = SimulatedSession['rounds'];

async function leftOutOf({ rounds, power, resources, session }: Datasets) {
  const teller = {
    run: 'simulated',
    partition: { session: 'tiny' },
    source: { kind: 'live', label: 'simulated', about: {}, place: {} },
    signal: new AbortController().signal,
  };
  return leftOut(await rehearse(align, alignParams.parse({}), { rounds, power, resources, session }, teller), 'tiny');
}

/** A session of which the log lacks some lines in rounds that were good when they were measured. */
async function lacking(pick: (rounds: Rounds) => Rounds, lines = 4) {
  const session = new SimulatedSession();
  await session.measure(ideal);
  const spoilt = pick(session.rounds);
  const made = await session.datasets();
  const lost = new Set<number>();
  const log = toRows(made.power) as unknown as { line: number; mono_us: number }[];
  for (const { start_us } of spoilt) {
    const inside = log.filter(({ mono_us }) => mono_us > start_us + 1e6);
    for (let i = 0; i < lines; i++) lost.add(inside[2 * i].line);
  }
  const left = await leftOutOf({ ...made, power: fromRows(power, log.filter(({ line }) => !lost.has(line)) as never) });
  const journal = Journal.open(session.folder, 'tiny', {});
  const again = measureAgain(left, session.jobs, settings.rounds.rounds, journal);
  journal.close();
  return { session, spoilt, left, again };
}

test('a round whose lines lack in the log is left out, and one more is measured in its place', async () => {
  const { session, spoilt, left, again } = await lacking((rounds) => [rounds[7]]);
  const [{ measurement_id, round }] = spoilt;
  assert.equal(left.map((one) => [one.measurement_id, one.round]), [[measurement_id, round]]); // prettier-ignore
  assert.equal([again, session.isFinished], [true, false]);
  const before = session.rounds.length;
  await session.measure(ideal);
  assert.ok(session.isFinished);
  assert.is(session.rounds.length, before + 1);
  assert.is(session.rounds.at(-1)!.measurement_id, measurement_id);
  const { measurements, findings } = await session.aligned();
  const own = measurements.filter((one) => one.measurement_id === measurement_id);
  assert.equal(own.map(({ excluded_by }) => excluded_by ?? ''), own.map((one) => (one.round === round ? '4' : ''))); // prettier-ignore
  const told = findings.filter(({ subject }) => subject === `${measurement_id} round ${round}`);
  assert.equal(told.map(({ check_id, severity, value }) => [check_id, severity, value]), [['4', 'exclude', 4]]); // prettier-ignore
  assert.equal(await leftOutOf(await session.datasets()), []);
});

test('a session whose logs hold measures nothing again', async () => {
  const { session, left, again } = await lacking(() => []);
  assert.equal([left, again, session.isFinished], [[], false, true]);
});

test('what befalls many measurements is no chance: they stay as they are, for align to refuse', async () => {
  const { session, left, again } = await lacking((rounds) => rounds);
  assert.is(left.length, session.rounds.length);
  assert.equal([again, session.isFinished], [false, true]);
  const journal = Journal.open(session.folder, 'tiny', {});
  journal.close();
  assert.equal(told(journal.entries).of('left_out'), []);
});

test.run();
