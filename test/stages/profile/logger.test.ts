import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../stages/energy/random.js';
import { defaultInstruments, idealInstruments } from '../../../stages/profile/instruments.js';
import { dithered, resourceLog, type ResourceLog } from '../../../stages/profile/logger.js';
import type { Schedule } from '../../../stages/profile/schedule.js';
import { idleGpu, means, session } from './fixture.js';

const key = [1, 'session'];
const host = { threads: 20, memory_kib: 32 * 2 ** 20 };

/** Indices of the samples whose whole period lies in an interval. */
function within({ mono_us }: ResourceLog, from_us: number, to_us: number): number[] {
  return [...mono_us.keys()].filter((k) => mono_us[k] - 170_000 >= from_us && mono_us[k] <= to_us);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const roundsOf = ({ steps }: Schedule) => steps.filter(({ kind }) => kind === 'round');

test('dithering keeps running sums within half a step', () => {
  const random = new Random('dither');
  const values = Float64Array.from({ length: 10_000 }, () => 100 * random.uniform());
  const printed = dithered(values, 1);
  let difference = 0;
  printed.forEach((value, i) => {
    assert.ok(Number.isInteger(value) && Math.abs(value - values[i]) <= 1);
    difference += value - values[i];
    assert.ok(Math.abs(difference) <= 0.5 + 1e-9);
  });
  assert.is(dithered(values, 0), values);
  assert.ok(
    dithered(new Float64Array(1000).fill(100), 1).every((value) => value === 100),
    'never beyond 100 %',
  );
});

test('NVML’s integers come back to the means', () => {
  const plan = session(defaultInstruments);
  const log = resourceLog(plan, defaultInstruments, host, key);
  for (const step of roundsOf(plan)) {
    const samples = within(log, step.start_us, step.end_us);
    for (const column of ['gpu_pct', 'gpu_mem_pct', 'gpu_clk_mhz', 'gpu_mem_clk_mhz'] as const) {
      const values = samples.map((k) => log[column][k]);
      assert.ok(values.every(Number.isInteger));
      assert.ok(Math.abs(mean(values) - step[column]) <= 1 / values.length + 1e-9, `${column} ${mean(values)}`);
    }
  }
});

test('ideal samples are exact, and the GPU’s power adds up to its joules', () => {
  const plan = session();
  const log = resourceLog(plan, idealInstruments, host, key);
  for (const step of roundsOf(plan)) {
    const inside = within(log, step.start_us, step.end_us);
    for (const k of inside) assert.ok(Math.abs(log.gpu_clk_mhz[k] - step.gpu_clk_mhz) < 1e-9);
    let energy_uj = 0;
    for (const k of log.mono_us.keys()) {
      const [from_us, to_us] = [log.mono_us[k] - 170_000, log.mono_us[k]];
      if (to_us <= step.start_us || from_us >= step.end_us) continue;
      const outside_us = Math.max(0, step.start_us - from_us) + Math.max(0, to_us - step.end_us);
      energy_uj += log.gpu_power_w[k] * 170_000 - idleGpu.gpu_w * outside_us;
    }
    const { gpu_j } = means.find(({ measurement_id }) => measurement_id === step.measurement_id)!;
    assert.ok(Math.abs(energy_uj / 1e6 / step.repeats / gpu_j - 1) < 1e-9);
  }
});

test('counters of ticks and memory give the shares of the machine', () => {
  const plan = session(defaultInstruments);
  const log = resourceLog(plan, defaultInstruments, host, key);
  const whole_s = (log.mono_us.length * 170_000) / 1e6;
  assert.is(log.cpu_total_ticks.at(-1), Math.round(whole_s * 100 * 20));
  for (const { start_us, end_us, cpu_pct, mem_pct } of roundsOf(plan)) {
    const samples = within(log, start_us, end_us);
    const [first, last] = [samples[0], samples.at(-1)!];
    const busy = log.cpu_busy_ticks[last] - log.cpu_busy_ticks[first];
    const total = log.cpu_total_ticks[last] - log.cpu_total_ticks[first];
    assert.ok(Math.abs((100 * busy) / total - cpu_pct) <= 100 / total + 1e-9);
    const used = 1 - log.mem_available_kib[first] / log.mem_total_kib[first];
    assert.ok(Math.abs(100 * used - mem_pct) < 1e-5);
  }
  assert.ok(log.cpu_busy_ticks.every((ticks, k) => k === 0 || ticks >= log.cpu_busy_ticks[k - 1]));
});

test('between rounds the GPU is idle, on the burst at its median', () => {
  const plan = session(defaultInstruments);
  const log = resourceLog(plan, { ...defaultInstruments, resource_noise: 0 }, host, key);
  for (const k of within(log, plan.first_us, plan.steps[0].start_us)) {
    assert.equal([log.gpu_power_w[k], log.gpu_pct[k], log.gpu_clk_mhz[k], log.gpu_mem_clk_mhz[k]], [10, 0, 139, 405]);
    assert.is(log.cpu_busy_ticks[k], 0);
  }
  const { start_us, end_us } = plan.steps[0];
  const median_w = (0.6 * (279.9 + 301.7)) / 2;
  for (const k of within(log, start_us, end_us)) assert.ok(Math.abs(log.gpu_power_w[k] - median_w) < 0.0011);
});

test('the GPU’s power ripples with the node’s and has its own noise', () => {
  const plan = session(defaultInstruments);
  const log = resourceLog(plan, defaultInstruments, host, key);
  const silent = resourceLog(plan, { ...defaultInstruments, resource_noise: 0 }, host, key);
  const step = roundsOf(plan)[2];
  const samples = within(log, step.start_us, step.end_us);
  const relative = samples.map((k) => silent.gpu_power_w[k] / step.gpu_w - 1);
  assert.ok(Math.max(...relative) > 0.04 && Math.max(...relative) < 0.05, 'a mean of a period is below the peak');
  const noise = [...log.mono_us.keys()].map((k) => log.gpu_power_w[k] / silent.gpu_power_w[k] - 1);
  const sd = Math.sqrt(mean(noise.map((value) => value ** 2)));
  assert.ok(Math.abs(sd / 0.0005 - 1) < 0.1);
});

test.run();
