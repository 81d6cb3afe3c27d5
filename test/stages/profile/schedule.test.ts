import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import { cellsOfBench, readBenchCells } from '../../../stages/energy/benches/cells.js';
import { publishedMeans } from '../../../stages/energy/benches/published.js';
import { readTwin, twinMeans } from '../../../stages/energy/benches/twin.js';
import { defaultInstruments, idealInstruments } from '../../../stages/profile/instruments.js';
import { effectiveOverlap_us } from '../../../stages/profile/load.js';
import { repeatsOf, type Schedule } from '../../../stages/profile/schedule.js';
import { needs } from '../../needs.js';
import { paperBatchSizes, paperLengths, paperModels, twinRows } from '../energy/twin_rows.js';
import { idleGpu, meanOf, means, session } from './fixture.js';

const roundsOf = ({ steps }: Schedule) => steps.filter(({ kind }) => kind === 'round');
const hours = (us: number): number => us / 3.6e9;

test('a round holds the fewest runs that last it', () => {
  assert.is(repeatsOf(20, 4), 5);
  assert.is(repeatsOf(20, 6), 4);
  assert.is(repeatsOf(20, 30), 1);
  for (const latency of [0.1, 0.3, 1e-5, 2.5706437556600803e-5, 0.014718838930130006, 20 / 3]) {
    const repeats = repeatsOf(20, latency);
    assert.ok(repeats * latency >= 20 && (repeats - 1) * latency < 20, String(latency));
  }
});

test('every measurement runs its rounds once, in the order given, with standby between', () => {
  const rounds = roundsOf(session());
  assert.equal(
    rounds.map(({ measurement_id, round }) => `${measurement_id} ${round}`),
    means.flatMap(({ measurement_id }) => [1, 2, 3, 4, 5].map((round) => `${measurement_id} ${round}`)),
  );
  rounds.slice(1).forEach(({ start_us }, i) => {
    assert.is(start_us - rounds[i].end_us, rounds[i].measurement_id === 'root' ? 3e6 : 2e6);
  });
  for (const { start_us, end_us } of rounds) assert.ok(Number.isInteger(start_us) && Number.isInteger(end_us));
});

test('a round’s energy over its repeats is the mean exactly, ripple or not', () => {
  for (const instruments of [idealInstruments, defaultInstruments]) {
    for (const step of roundsOf(session(instruments))) {
      const { wall_j, gpu_j, latency_s } = means.find(({ measurement_id }) => measurement_id === step.measurement_id)!;
      const whole_s = effectiveOverlap_us(step, -Infinity, Infinity) / 1e6;
      assert.ok(Math.abs((step.wall_w * whole_s) / step.repeats / wall_j - 1) < 1e-12);
      assert.ok(Math.abs((step.gpu_w * whole_s) / step.repeats / gpu_j - 1) < 1e-12);
      assert.ok(Math.abs((step.end_us - step.start_us) / 1e6 / step.repeats / latency_s - 1) < 1e-7);
    }
  }
});

test('bursts at both ends are flat at the median load, on for 2 to 5 s, no two lengths or pauses alike', () => {
  const plan = session(defaultInstruments);
  const sync = plan.steps.filter(({ kind }) => kind === 'sync');
  assert.equal(sync.map(({ round }) => round), Array.from({ length: 40 }, (_, i) => i + 1)); // prettier-ignore
  const first = sync.slice(0, 20);
  const on = first.map(({ start_us, end_us }) => (end_us - start_us) / 1e6);
  const off = first.slice(1).map(({ start_us }, i) => (start_us - first[i].end_us) / 1e6);
  for (const lengths of [on, off]) {
    assert.is(new Set(lengths).size, lengths.length);
    assert.ok(lengths.every((length) => length >= 2 && length <= 5));
  }
  for (const { ripple, wall_w, measurement_id } of sync) {
    assert.is(ripple, 0);
    assert.is(measurement_id, null);
    assert.ok(Math.abs(wall_w - (279.9 + 301.7) / 2) < 1e-9);
  }
  assert.is(plan.steps[0].start_us - plan.first_us, 30e6);
  assert.is(plan.last_us - plan.steps.at(-1)!.end_us, 30e6);
  assert.equal(plan.steps.slice(0, 20), first);
  assert.equal(plan.steps.slice(-20), sync.slice(20));
});

test('standby is 75 W, or half the lowest load where that is less', () => {
  assert.ok(Math.abs(session().standby.wall_w - 148.3 / 2) < 1e-9);
  const { standby } = session(idealInstruments, [meanOf('heavy', 0.01, 300)]);
  assert.is(standby.wall_w, 75);
  assert.equal([standby.gpu_w, standby.gpu_pct, standby.gpu_clk_mhz, standby.cpu_pct], [idleGpu.gpu_w, 0, 139, 0]);
});

/** The paper's grid: 2442 measurements, 67.8 h of load, about 75 h and 1.6 million lines (METHODS 6). */
function checkGrid(plans: readonly Schedule[]): void {
  const rounds = plans.flatMap(roundsOf);
  assert.is(rounds.length, 2442 * 5);
  const load_us = rounds.reduce((sum, { start_us, end_us }) => sum + end_us - start_us, 0);
  const total_us = plans.reduce((sum, { first_us, last_us }) => sum + last_us - first_us, 0);
  assert.ok(Math.abs(hours(load_us) - 67.8) < 0.1, `${hours(load_us)} h of load`);
  assert.ok(Math.abs(hours(total_us) - 75) < 0.5, `${hours(total_us)} h in all`);
  assert.ok(Math.abs(total_us / 170e3 / 1.6e6 - 1) < 0.01, `${total_us / 170e3} lines`);
}

test('the twin’s grid takes 67.8 h of load, about 75 h and 1.6 million lines', () => {
  const file = join(packageRoot, 'data', 'benches', 'pc1-twin.yaml');
  const [twin, cells] = [readTwin(file), readBenchCells(file)];
  const plans = paperModels.map((model) => {
    const { nodes, operators } = twinRows(model, cellsOfBench(cells, model, paperBatchSizes, paperLengths));
    return session(defaultInstruments, [...twinMeans(twin, nodes, operators).values()]);
  });
  checkGrid(plans);
});

const dataset = needs('published');
if (dataset) {
  test('so does the published one', async () => {
    const plans: Schedule[] = [];
    for (const model of paperModels) {
      const published = await publishedMeans(join(dataset, 'device_1'), model);
      plans.push(session(defaultInstruments, [...published.values()]));
    }
    checkGrid(plans);
  });
}

test.run();
