import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { align, alignParams } from '../../../stages/align/stage.js';
import { aligned, gpuShare, makeSession, wall_w } from './session.js';
import { anySource } from '../context.js';

const near = (found: unknown, expected: number, relative: number, what: string): void =>
  assert.ok(Math.abs(Number(found) / expected - 1) <= relative, `${what}: ${found}, expected ${expected}`);

test('the configuration has METHODS’ defaults and units', () => {
  assert.equal(alignParams.parse({}), {
    meter: 'window',
    edge: 'step',
    max_gap: null,
    least_rounds: 3,
    clock_search: 600,
  });
  assert.is(alignParams.parse({ max_gap: '2 s' }).max_gap, 2);
  for (const wrong of [{ edge: 'trapezoid' }, { max_gap: '595' }, { max_gap: '0 s' }, { gap: '1 s' }]) {
    assert.not(alignParams.safeParse(wrong).success, JSON.stringify(wrong));
  }
});

test('a session is aligned alone', () => {
  const profile = [{ session: 'a' }, { session: 'b' }];
  assert.equal(align.partitions(alignParams.parse({}), { profile }, {}, anySource), profile);
  for (const { of } of align.reads)
    assert.equal(
      profile.map((theirs) => of!({ session: 'b' }, theirs)),
      [false, true],
    );
});

test('wall_j follows the configured rule; all three are kept', async () => {
  for (const edge of ['step', 'clip', 'interior'] as const) {
    for (const round of (await aligned(makeSession(), { edge })).measurements) {
      assert.is(round.wall_j, round[`wall_${edge}_j`]);
      const true_j = wall_w[String(round.measurement_id)] * 1e-3;
      near(round.wall_step_j, true_j, 1e-9, 'step');
      near(round.wall_interior_j, true_j, 1e-9, 'interior');
      near(round.wall_clip_j, true_j, 0.01, 'clip');
      assert.ok(Number(round.wall_clip_j) < true_j, 'clip loses a part of both edges');
    }
  }
});

test('an instant meter’s steps are right but for where between two lines they are', async () => {
  const { measurements } = await aligned(makeSession({ instant: true }), { meter: 'instant' });
  for (const round of measurements) {
    const true_j = wall_w[String(round.measurement_id)] * 1e-3;
    near(round.wall_step_j, true_j, 0.01, 'step');
    near(round.wall_interior_j, true_j, 0.01, 'interior');
  }
});

test('the GPU’s energy counter comes before its power', async () => {
  let total_uj = 0;
  const { measurements } = await aligned(
    makeSession({
      samples: (samples) =>
        samples.map((sample) => {
          total_uj += Math.round(170_000 * 1.1 * sample.gpu_power_w!);
          return { ...sample, gpu_energy_uj: total_uj };
        }),
    }),
  );
  for (const { measurement_id, gpu_j } of measurements) {
    near(gpu_j, 1.1 * gpuShare * wall_w[String(measurement_id)] * 1e-3, 0.01, 'counter');
  }
});

test('a sample without GPU power is passed over', async () => {
  const { measurements } = await aligned(
    makeSession({
      samples: (samples) => samples.map((sample, i) => (i % 50 ? sample : { ...sample, gpu_power_w: null })),
    }),
  );
  for (const { measurement_id, gpu_j } of measurements) {
    near(gpu_j, gpuShare * wall_w[String(measurement_id)] * 1e-3, 0.02, 'gpu_j');
  }
});

test('resources are means over the samples wholly inside, the CPU by its counters', async () => {
  const { measurements } = await aligned(
    makeSession({
      // A sample that ends in a pause shows an idle machine.
      samples: (samples) => samples.map((sample) => (sample.gpu_power_w! > 80 ? sample : { ...sample, gpu_pct: 0 })),
    }),
  );
  for (const round of measurements) {
    assert.equal([round.cpu_pct, round.mem_pct, round.gpu_pct, round.gpu_mem_pct], [10, 25, 80, 30]);
    assert.equal([round.gpu_clk_mhz, round.gpu_mem_clk_mhz], [1800, 3800]);
  }
});

test('the same logs give the same rows', async () => {
  const given = { offset_us: 1_234_000, drift: 50e-6 };
  assert.equal(await aligned(makeSession(given)), await aligned(makeSession(given)));
});

test.run();
