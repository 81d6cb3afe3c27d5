/** Known joules go in, the same come out: a whole session of a small BERT on a simulated PC, by its states, logs and align. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ideal, ordinary } from './simulated_pc.js';
import { errorsOf, SimulatedSession } from './simulated_session.js';

test('with ideal instruments every round has its joules to a millionth', async () => {
  const session = new SimulatedSession();
  await session.measure(ideal);
  const { measurements, clock, findings } = await session.aligned();
  const { round, measured } = errorsOf(session, measurements);
  assert.is(measured, session.jobs.length);
  console.log(JSON.stringify({ round, measured, clock }));
  assert.ok(round < 1e-6, `${round}`);
  assert.ok(Math.abs(Number(clock.offset_s)) < 0.005);
  assert.equal(
    findings.filter(({ severity }) => severity === 'refuse' || severity === 'exclude'),
    [],
  );
});

test('with the default imperfections every mean is within a thousandth, and the clock within 5 ms', async () => {
  const session = new SimulatedSession();
  await session.measure(ordinary);
  const { measurements, clock } = await session.aligned();
  const { mean, measured } = errorsOf(session, measurements);
  console.log(JSON.stringify({ mean, measured, clock }));
  assert.is(measured, session.jobs.length);
  assert.ok(mean < 1e-3, `${mean}`);
  assert.ok(Math.abs(Number(clock.offset_s) - ordinary.delay_s) < 0.005);
});

test.run();
