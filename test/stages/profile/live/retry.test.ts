/** What could not be run in a live session is tried again when that is asked for, and nothing else is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readJournal, told } from '../../../../stages/profile/live/journal.js';
import { ideal, outOfMemory, SimulatedPc } from '../../../truth/simulated_pc.js';
import { settings, SimulatedSession } from '../../../truth/simulated_session.js';
import { goodOf, nodes, pc, session } from './session_rig.js';

test('a node that could not be run stays failed until it is asked for again; what is measured is never measured again', async () => {
  const full = pc();
  full.failing = (_, { type }) => (type === 'B' ? outOfMemory() : null);
  const first = await session(full);
  assert.equal([...told(readJournal(first.folder)).couldNotRun], ['B']);
  const plain = pc(9e9);
  assert.is((await session(plain, {}, first.folder)).error, null);
  assert.is(plain.runners, 0, 'a plain rerun leaves it');

  const retry_failed = { ...settings.protocol, retry_failed: true };
  const still = pc(18e9);
  still.failing = full.failing;
  assert.is((await session(still, { protocol: retry_failed }, first.folder)).error, null);
  assert.equal([...told(readJournal(first.folder)).couldNotRun], ['B'], 'once a start');
  const mended = pc(27e9);
  const went = await session(mended, { protocol: retry_failed }, first.folder);
  assert.is(went.error, null);
  assert.is(mended.rounds, 5, 'those of B alone');
  for (const id of 'ABC') assert.is(goodOf(went, id).length, 5, id);
  assert.equal([...told(readJournal(first.folder)).couldNotRun], []); // prettier-ignore
  const after = pc(36e9);
  await session(after, { protocol: retry_failed }, first.folder);
  assert.is(after.runners, 0);
});

test('what failed because its rounds differ is not retried: that would be choosing among them', async () => {
  let power_w = 150;
  const machine = new SimulatedPc({ nodes, truth: () => ({ latency_s: 0.1, wall_w: power_w, gpu_w: 80 }) });
  machine.onTime = () => (power_w = machine.rounds % 2 ? 150 : 156);
  const { folder } = await session(machine);
  assert.is(told(readJournal(folder)).couldNotRun.size, 0);
  const again = pc(9e9);
  await session(again, { protocol: { ...settings.protocol, retry_failed: true } }, folder);
  assert.is(again.runners, 0);
});

test('how many could not be run, and how to retry them, is a finding of the session', async () => {
  const measured = new SimulatedSession();
  await measured.measure(ideal, 1, (machine) => {
    machine.failing = (_, { type }) => (type === 'BertSelfOutput' ? outOfMemory() : null);
  });
  const { findings } = await measured.aligned();
  const hints = findings.filter(({ message }) => /retry_failed=true/.test(String(message)));
  assert.equal(hints.map(({ check_id, severity, subject, value }) => [check_id, severity, subject, value]), [['node_ran', 'warn', 'tiny', 1]]); // prettier-ignore
});

test.run();
