/**
 * Benches that lack an instrument, on a simulated PC: without a meter the GPU's joules come out and the wall's are absent;
 * without a GPU it is the other way round.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ideal, ordinary } from './simulated_pc.js';
import { errorsOf, SimulatedSession } from './simulated_session.js';
import { truthOf } from './truth.js';

type Row = Readonly<Record<string, unknown>>;

const notNull = (rows: readonly Row[], ...names: string[]): Row[] =>
  rows.filter((row) => names.some((name) => row[name] !== null));

test('without a meter every round has the GPU’s joules, and nothing of the wall', async () => {
  const session = new SimulatedSession('meter');
  const pc = await session.measure(ordinary);
  assert.ok(session.isFinished);
  const { measurements, clock, findings } = await session.aligned();
  assert.is(measurements.length, 5 * session.jobs.length);
  for (const { measurement_id, gpu_j, excluded } of measurements) {
    const { gpu_w, latency_s } = truthOf(session.jobs.find((job) => job.measurement_id === measurement_id)!);
    assert.not(excluded);
    assert.ok(Math.abs(Number(gpu_j) / (gpu_w * latency_s) - 1) < 0.01, `${gpu_j} J, ${gpu_w * latency_s} J are known`);
  }
  const ofWall = [
    'wall_j',
    'wall_step_j',
    'wall_clip_j',
    'wall_interior_j',
    'wall_vi_j',
    'covered_s',
    'gap_s',
    'lines',
  ];
  assert.equal(notNull(measurements, ...ofWall), []);
  assert.is(clock, undefined, 'there is one clock');
  assert.is(pc.steps.length, session.rounds.length + session.jobs.length, 'rounds and calibrations: no sync burst');
  const told = (check: string): Row[] => findings.filter(({ check_id }) => check_id === check);
  assert.ok(told('meter').some(({ severity, message }) => severity === 'warn' && /GPU’s alone/.test(String(message))));
  for (const check of ['1', '4', '5', '6', '7', '8', '12', '24']) {
    assert.ok(
      told(check).some(({ message }) => message === 'not stated: there is no power meter'),
      check,
    );
  }
  assert.equal(findings.filter(({ severity }) => severity === 'refuse' || severity === 'exclude'), []); // prettier-ignore
});

test('without a meter a throttled round is measured again', async () => {
  const session = new SimulatedSession('meter');
  await session.measure(ideal, 1, (pc) => {
    pc.faults = [{ kind: 'throttle', from_us: 200e6, to_us: 240e6 }];
  });
  const spoilt = session.rounds.filter(({ excluded_by }) => excluded_by.length > 0);
  assert.equal([...new Set(spoilt.flatMap(({ excluded_by }) => excluded_by))], ['19']);
  assert.is(session.rounds.length, 5 * session.jobs.length + spoilt.length);
});

test('without a GPU every round has the wall’s joules to a millionth, and nothing of a GPU', async () => {
  const session = new SimulatedSession('gpu');
  await session.measure(ideal);
  const { measurements, findings } = await session.aligned();
  const { round, measured } = errorsOf(session, measurements);
  assert.is(measured, session.jobs.length);
  assert.ok(round < 1e-6, `${round}`);
  assert.equal(notNull(measurements, 'gpu_j', 'gpu_pct', 'gpu_mem_pct', 'gpu_clk_mhz', 'gpu_mem_clk_mhz'), []);
  const untold = findings.find(({ check_id }) => check_id === 'untold');
  assert.match(
    String(untold?.message),
    'gpu_pct, gpu_mem_pct, gpu_clk_mhz, gpu_mem_clk_mhz, gpu_j: null in every round',
  );
  assert.equal(findings.filter(({ severity }) => severity === 'refuse' || severity === 'exclude'), []); // prettier-ignore
});

test.run();
