/** A session on a simulated PC: its states, what it does when things go wrong, and how it goes on after an end. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunnerDied } from '../../../../stages/energy/benches/live/node_runner.js';
import { Journal, readJournal } from '../../../../stages/profile/live/journal.js';
import { thrown } from '../../../thrown.js';
import { outOfMemory, SimulatedPc } from '../../../truth/simulated_pc.js';
import { settings } from '../../../truth/simulated_session.js';
import { afterRounds, goodOf, newFolder, nodes, pc, session } from './session_rig.js';

test('a session has two bursts, its standby, and five rounds of each measurement in order', async () => {
  const machine = pc();
  const went = await session(machine);
  assert.is(went.error, null);
  const kinds = readJournal(went.folder).map(({ kind }) => kind);
  const each = ['begin', ...Array.from({ length: 5 }, () => 'round'), 'done'];
  assert.equal(kinds, ['session', 'leg', 'sync', 'standby', ...each, ...each, ...each, 'sync', 'end']);
  assert.is(went.of('sync')[0].steps.length, 20);
  assert.is(went.of('standby')[0].standby_w, 75);
  assert.is(went.of('standby')[0].gpu_standby_w, 10);
  for (const { end_us, start_us, repeats } of went.of('round')) {
    assert.is(end_us - start_us, 20e6);
    assert.is(repeats, 200);
  }
  assert.ok(machine.synced >= 15, 'the logs are on the disk at the end of each round');
  const energies = ['A', 'B', 'C'].map((id) => Number(went.of('round').find(({ measurement_id }) => measurement_id === id)!.wall_j!.toFixed(9))); // prettier-ignore
  assert.equal(energies, [15, 16, 17]);
});

for (const kind of ['silence', 'throttle', 'no_logger', 'user'] as const) {
  test(`a round with ${kind} is kept, left out, and measured again`, async () => {
    const machine = pc();
    afterRounds(machine, 7, kind, 30);
    const went = await session(machine);
    assert.is(went.error, null);
    const check = { silence: '4', throttle: '19', no_logger: '4', user: '27' }[kind];
    const bad = went.of('round').filter(({ excluded_by }) => excluded_by.length > 0);
    assert.ok(bad.length >= 1 && bad.every(({ excluded_by }) => excluded_by.includes(check)), JSON.stringify(bad));
    for (const id of 'ABC') assert.is(goodOf(went, id).length, 5);
    const found = went.of('finding').find(({ check_id, severity }) => check_id === check && severity === 'exclude')!;
    assert.match(found.subject, /^B round \d$/);
  });
}

test('a step of UTC in a round is seen, and the round measured again', async () => {
  const machine = pc();
  let moved = false;
  machine.onTime = (now_us) => {
    const step = machine.steps.at(-1);
    if (!moved && machine.rounds === 7 && step && now_us >= step.start_us) machine.utcOffset_us += 1e6;
    moved ||= machine.rounds === 7;
  };
  const went = await session(machine);
  assert.is(went.error, null);
  assert.equal(went.of('round').filter(({ excluded_by }) => excluded_by.includes('2')).length, 1);
});

for (const kind of ['load', 'draw', 'user', 'heat'] as const) {
  test(`a machine with ${kind} is waited for; after ten minutes the session is refused, and nothing of it lost`, async () => {
    const machine = pc();
    afterRounds(machine, 5, kind, 180);
    const went = await session(machine);
    assert.is(went.error, null, went.error?.message);
    assert.ok(goodOf(went, 'B')[0].start_us - goodOf(went, 'A')[3].end_us > 170e6);
    const check = { load: '14', draw: '14', user: '27', heat: '16' }[kind];
    // Power that is drawn makes A's rounds differ: five more of them fill most of the three minutes.
    const waits = kind === 'draw' ? 0 : 1;
    const told = went.of('finding').filter(({ message }) => message.startsWith('waited '));
    assert.is(told.length, waits);
    for (const long of told) {
      assert.equal([long.check_id, long.severity, long.subject, long.limit], [check, 'warn', 'tiny', 60]);
      assert.ok(long.value! > 100 && long.value! < 200, `${long.value}`);
      assert.match(long.message, /^waited 1\d\d s: 1\d\d s for check \d+ \(limit [\d.]+\): /);
    }

    const stubborn = pc();
    afterRounds(stubborn, 5, kind, 900);
    const refused = await session(stubborn);
    assert.is(refused.error?.name, 'RefusedError');
    assert.match(refused.error!.message, /^waited 6\d\d s: /);
    assert.ok(refused.of('finding').some(({ message }) => /^waited 6\d\d s: /.test(message)));
    assert.ok(goodOf(refused, 'A').length >= 4);
    assert.is(goodOf(refused, 'B').length, 0);
    const mended = pc(9e9);
    assert.is((await session(mended, {}, refused.folder)).error, null, 'it goes on once that is mended');
    assert.ok(mended.rounds <= 11);
  });
}

test('where the temperature stands still above the start, the room is warmer, and the session goes on', async () => {
  const machine = pc();
  afterRounds(machine, 5, 'hot_room', 1e6);
  assert.is((await session(machine)).error, null);
});

test('nothing is started on a GPU that somebody uses', async () => {
  const machine = pc();
  machine.faults = [{ kind: 'user', from_us: 0, to_us: 1e15 }];
  const { error } = await session(machine);
  assert.is(error?.name, 'UnavailableError');
  assert.is(error?.message, 'the GPU is used by another (process 4711)');
  assert.is(machine.runners, 0);
});

test('a node that runs out of memory is a finding, and the session goes on', async () => {
  const machine = pc();
  machine.failing = (_, { type }) => (type === 'B' ? outOfMemory() : null);
  const went = await session(machine);
  assert.is(went.error, null);
  assert.equal(['A', 'B', 'C'].map((id) => goodOf(went, id).length), [5, 0, 5]); // prettier-ignore
  const [found, ...more] = went.of('finding').filter(({ check_id }) => check_id === 'node_ran');
  assert.equal(more, []);
  assert.equal([found.subject, found.severity], ['B', 'warn']);
  assert.match(found.message, 'out of memory');
});

test('a runner that dies is started again; one that a node kills each time is given up, and the session goes on', async () => {
  const once = pc();
  once.failing = (round) => (round === 7 && once.runners === 1 ? new RunnerDied('killed by SIGKILL') : null);
  const went = await session(once);
  assert.is(went.error, null);
  assert.is(once.runners, 2);
  for (const id of 'ABC') assert.is(goodOf(went, id).length, 5);

  const always = pc();
  always.failing = (_, { type }) => (type === 'B' ? new RunnerDied('killed by SIGSEGV') : null);
  const gone = await session(always);
  assert.is(gone.error, null);
  assert.is(always.runners, 4);
  assert.equal(['A', 'B', 'C'].map((id) => goodOf(gone, id).length), [5, 0, 5]); // prettier-ignore
});

test('more rounds are measured where the energy varies, five at most', async () => {
  let power_w = 150;
  const machine = new SimulatedPc({ nodes, truth: () => ({ latency_s: 0.1, wall_w: power_w, gpu_w: 80 }) });
  machine.onTime = () => (power_w = machine.rounds % 2 ? 150 : 156);
  const went = await session(machine);
  assert.is(went.error, null);
  assert.is(went.of('round').length, 30);
  const marked = went.of('finding').filter(({ check_id, severity }) => check_id === '17' && severity === 'warn');
  assert.equal(marked.map(({ subject }) => subject), ['A', 'B', 'C']); // prettier-ignore
});

test('runs that became faster after they were counted are counted anew', async () => {
  let latency_s = 0.1;
  const machine = new SimulatedPc({ nodes, truth: () => ({ latency_s, wall_w: 150, gpu_w: 80 }) });
  machine.onTime = () => (latency_s = machine.steps.length > 20 ? 0.08 : 0.1);
  const went = await session(machine);
  assert.is(went.error, null);
  assert.equal(
    went.of('round').slice(0, 2).map(({ repeats, excluded_by }) => [repeats, excluded_by]), // prettier-ignore
    [[200, ['22']], [250, []]], // prettier-ignore
  );
  assert.is(goodOf(went, 'A').length, 5);
});

test('standby is measured again every hour, and its drift is told', async () => {
  const machine = pc();
  machine.onTime = (now_us) => (machine.faults = [{ kind: 'draw', from_us: 4200e6, to_us: now_us + 1e12 }]);
  const went = await session(machine, { rounds: { round: 400, rounds: 5 } });
  assert.is(went.error, null);
  assert.equal(went.of('standby').map(({ standby_w }) => standby_w), [75, 80]); // prettier-ignore
  const [drift] = went.of('finding').filter(({ check_id }) => check_id === '15');
  assert.match(drift.message, 'standby moved from 75.00 to 80.00 W');
});

test('an interrupted session goes on with the round where it stopped, and measures nothing twice', async () => {
  const first = pc();
  first.failing = (round) => {
    if (round === 8) throw new Error('pulled the plug');
    return null;
  };
  const stopped = await session(first);
  assert.is(stopped.error?.message, 'pulled the plug');
  assert.is(goodOf(stopped, 'B').length, 2);
  const again = pc(9e9);
  const went = await session(again, {}, stopped.folder);
  assert.is(went.error, null);
  assert.is(again.rounds, 8, 'three of B, five of C');
  assert.equal(went.of('leg').map(({ leg }) => leg), [1, 2]); // prettier-ignore
  assert.is(went.of('sync').length, 3);
  const idle = pc();
  await session(idle, {}, stopped.folder);
  assert.is(idle.runners, 0, 'a finished session starts nothing');
});

test('a torn last line of the journal is taken off; a damaged one is told', async () => {
  const { folder } = await session(pc());
  const { appendFileSync, readFileSync, writeFileSync } = await import('node:fs');
  const file = join(folder, 'journal.jsonl');
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, '{"kind":"round","meas');
  assert.is(readJournal(folder).length, whole.split('\n').length - 1);
  Journal.open(folder, 'tiny', { rounds: settings.rounds }).close();
  assert.is(readFileSync(file, 'utf8'), whole);
  writeFileSync(file, whole.replace('"kind":"round"', '"kind":"runde"'));
  const error = await thrown(() => Promise.resolve(readJournal(folder)));
  assert.is(error.name, 'IntegrityError');
  assert.match(error.message, /journal\.jsonl:\d+ is damaged: this is no line/);
  // The last line may be what nobody finished; one that was finished, and ends with something else, is damage.
  for (let bit = 0; bit < 16; bit++) {
    const unfinished = Buffer.from(bit < 8 ? '' : '{"kind":"round","meas');
    writeFileSync(file, Buffer.concat([Buffer.from(whole.slice(0, -1)), Buffer.from([0x0a ^ (1 << bit % 8)]), unfinished])); // prettier-ignore
    assert.is((await thrown(() => Promise.resolve(readJournal(folder)))).name, 'IntegrityError', `bit ${bit}`);
  }
  // One of an older version has no sums; it goes on without.
  const older = whole.replace('"version":2', '"version":1').replaceAll(/\t[0-9a-f]{16}$/gm, '');
  writeFileSync(file, older);
  assert.equal(readJournal(folder).slice(1).map(({ kind }) => kind), whole.split('\n').slice(1, -1).map((line) => (JSON.parse(line.split('\t')[0]) as { kind: string }).kind)); // prettier-ignore
  Journal.open(folder, 'tiny', { rounds: settings.rounds }).close();
  assert.is(readFileSync(file, 'utf8'), older);
});

test('a session of which nothing was measured takes other settings', () => {
  const folder = newFolder();
  for (const round of [10, 20]) Journal.open(folder, 'tiny', { round }).close();
  assert.equal(
    readJournal(folder).map((entry) => entry.kind === 'session' && entry.settings),
    [{ round: 20 }],
  );
});

test('a session is of one protocol', async () => {
  const { folder } = await session(pc());
  const error = await thrown(() => Promise.resolve(Journal.open(folder, 'tiny', { rounds: { round: 10, rounds: 5 } })));
  assert.is(error.name, 'UsageError');
  assert.match(error.message, 'was begun with other settings');
});

test.run();
