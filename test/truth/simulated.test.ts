/** Known joules go in, the same come out: a whole session of a small BERT on a simulated PC, by its states, logs and align. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../stages/energy/random.js';
import { type Fault, ideal, ordinary, outOfMemory, type SimulatedPc } from './simulated_pc.js';
import { errorsOf, SimulatedSession } from './simulated_session.js';

const severe = ({ severity }: Record<string, unknown>): boolean => severity === 'refuse' || severity === 'exclude';

test('with ideal instruments every round has its joules to a millionth', async () => {
  const session = new SimulatedSession();
  await session.measure(ideal);
  const { measurements, clock, findings } = await session.aligned();
  const { round, measured } = errorsOf(session, measurements);
  assert.is(measured, session.jobs.length);
  assert.ok(round < 1e-6, `${round}`);
  assert.ok(Math.abs(Number(clock.offset_s)) < 0.005);
  assert.equal(findings.filter(severe), []);
});

test('with the default imperfections every mean is within a thousandth, and the clock within 5 ms', async () => {
  const session = new SimulatedSession();
  await session.measure(ordinary);
  const { measurements, clock } = await session.aligned();
  const { mean, measured } = errorsOf(session, measurements);
  assert.is(measured, session.jobs.length);
  assert.ok(mean < 1e-3, `${mean}`);
  assert.ok(Math.abs(Number(clock.offset_s) - ordinary.delay_s) < 0.005);
});

/** Ends the program at a moment, as kill -9 or a power cut does. */
const killedAt =
  (at_us: number) =>
  (pc: SimulatedPc): void => {
    pc.onTime = (now_us) => {
      if (now_us >= at_us) throw new Error('killed');
    };
  };

test('killed at random moments and rebooted, it measures nothing twice, loses nothing finished, and has the same joules', async () => {
  const session = new SimulatedSession();
  const random = new Random('moments of kills');
  let finished = 0;
  for (let starts = 1; !session.isFinished; starts++) {
    const at_us = starts > 12 ? Infinity : 60e6 + 1800e6 * random.uniform();
    await session.measure(ideal, starts, killedAt(at_us)).catch(({ message }: Error) => assert.is(message, 'killed'));
    const { length } = session.rounds;
    assert.ok(length >= finished, 'what was finished stays');
    finished = length;
  }
  assert.is(finished, 5 * session.jobs.length);
  const { measurements, findings } = await session.aligned();
  const { round, measured } = errorsOf(session, measurements);
  assert.is(measured, session.jobs.length);
  assert.ok(round < 1e-6, `${round}`);
  assert.equal(findings.filter(severe), []);
});

test('the datasets are made of journal and logs alike each time', async () => {
  const session = new SimulatedSession();
  await session.measure(ordinary);
  assert.equal(await session.aligned(), await session.aligned());
});

/** Every fault for a while at a random moment, several at a time. */
function faultsOf(seed: number): Fault[] {
  const random = new Random('faults', seed);
  const kinds = ['silence', 'no_logger', 'throttle', 'user', 'load', 'draw', 'heat'] as const;
  return kinds.flatMap((kind) =>
    Array.from({ length: 3 }, () => {
      const from_us = 400e6 + 2500e6 * random.uniform();
      return { kind, from_us, to_us: from_us + (2 + 60 * random.uniform()) * 1e6 };
    }),
  );
}

for (const seed of [1, 2, 3]) {
  test(`with faults at random moments (${seed}) no wrong joule gets through unflagged`, async () => {
    const session = new SimulatedSession();
    await session.measure(ideal, seed, (pc) => {
      pc.faults = faultsOf(seed);
      pc.failing = (_, { type }) => (type === 'BertPooler' ? outOfMemory() : null);
    });
    const { measurements, failures, rounds } = await session.aligned();
    const { mean, measured } = errorsOf(session, measurements);
    assert.ok(
      rounds.some(({ excluded_by }) => excluded_by.length > 0),
      'some rounds were spoilt',
    );
    assert.ok(failures.some(({ message }) => String(message).includes('out of memory')));
    assert.is(measured + failures.length, session.jobs.length, 'each is measured, or told to have failed');
    assert.ok(failures.length <= 3);
    // Five watts that another program draws in a round are seen by nothing but the rounds' variation, 1 % at most.
    assert.ok(mean < 0.01, `${mean}`);
  });
}

test.run();
