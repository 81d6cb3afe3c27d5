import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrate } from '../../../../stages/energy/calibration/calibrate.js';
import { refusals } from '../../../../stages/energy/calibration/checks.js';
import { tableInterval } from '../../../../stages/energy/calibration/interval.js';
import type { Points } from '../../../../stages/energy/calibration/points.js';
import { Random } from '../../../../stages/energy/random.js';
import { ramp, simulatedPoints } from './simulated_points.js';

const near = (value: number, expected: number, within: number): void =>
  assert.ok(Math.abs(value - expected) <= within, `${value} is not within ${within} of ${expected}`);

const refusedFor = (points: Points): string[] => refusals(calibrate(points).findings).map(({ check_id }) => check_id);
const told = (points: Points): string[] => calibrate(points).findings.map(({ check_id }) => check_id);

const good = { eta: 1.046, restW: 99.9, gpuW: ramp(40, 12, 200), noisePct: 0.5 };

test('without noise the constants come back exactly, and nothing is off', () => {
  const { law, leftOut, findings, idle, fewRows } = calibrate(simulatedPoints({ ...good, noisePct: 0 }));
  near(law!.eta, 1.046, 1e-9);
  near(law!.restW, 99.9, 1e-7);
  near(leftOut.worstPct, 0, 1e-8);
  near(idle!.errorPct, 0, 1e-8);
  near(fewRows!.p95Pct, 0, 1e-8);
  assert.equal(refusals(findings), []);
});

test('with noise they come back within their uncertainties', () => {
  const { law, leftOut, findings } = calibrate(simulatedPoints(good));
  near(law!.eta, 1.046, 3 * law!.sd.eta);
  near(law!.restW, 99.9, 3 * law!.sd.restW);
  assert.ok(law!.sd.eta > 0 && law!.sd.eta < 0.01);
  // The mean of |a normal deviate| is 0.8 of its standard deviation.
  near(leftOut.meanPct, 0.4, 0.15);
  assert.equal(refusals(findings), []);
});

const load = (n: number): number[] => Array.from({ length: n }, (_, i) => [8, 45, 20, 60, 30][i % 5]);

test('a CPU whose load varies gets its constant, by energy or by load', () => {
  const points = simulatedPoints({ ...good, cpu: 1.3, cpuW: load(40), groups: 5 });
  const { law, forms, findings, cpuCorrelation } = calibrate(points);
  assert.is(law!.cpuTerm, 'cpu');
  near(law!.cpu!, 1.3, 3 * law!.sd.cpu!);
  assert.ok(forms.two!.leftOut.meanPct > 4 * forms.three!.leftOut.meanPct);
  assert.ok(cpuCorrelation! > 0.9);
  assert.equal(refusals(findings), []);
  const byLoad = calibrate({ ...points, cpu: { unit: 'pct', values: points.cpu!.values } });
  assert.is(byLoad.law!.cpuTerm, 'cpu_w_per_pct');
});

test('a CPU of constant load gets none, though it is mapped', () => {
  const random = new Random('constant load');
  const cpuW = Array.from({ length: 40 }, () => 20 * (1 + 0.002 * random.gaussian()));
  const { law } = calibrate(simulatedPoints({ ...good, cpu: 1.3, cpuW }));
  assert.is(law!.form, 'two');
});

test('an unknown CPU load that moves the wall is refused', () => {
  const points = simulatedPoints({ ...good, restW: 10, cpu: 1.3, hiddenCpuW: load(40), groups: 5 });
  assert.ok(refusedFor(points).includes('unfit'));
  assert.ok(told(points).includes('no_cpu'));
});

test('a meter that does not follow the GPU is refused, however well it fits', () => {
  const points = simulatedPoints({ ...good, eta: 0, restW: 200, noisePct: 0.3 });
  assert.ok(calibrate(points).leftOut.meanPct < 0.5, 'two constants fit it');
  assert.equal(refusedFor(points), ['does_not_follow', 'eta_zero']);
  const constant = simulatedPoints({ ...good, eta: 0, restW: 250, noisePct: 0 });
  assert.ok(refusedFor(constant).includes('does_not_follow'));
  assert.not(refusedFor(constant).includes('clipped'));
});

test('too few rows, too few groups and too narrow a load are refused together', () => {
  const points = simulatedPoints({ ...good, gpuW: ramp(6, 150, 180), groups: 1 });
  const refused = refusedFor(points);
  for (const check of ['too_few_rows', 'too_few_groups', 'too_narrow']) assert.ok(refused.includes(check), check);
});

test('equal rows cannot tell the constants apart', () => {
  const refused = refusedFor(simulatedPoints({ ...good, gpuW: new Array<number>(20).fill(150), noisePct: 0 }));
  assert.ok(refused.includes('indistinct') && refused.includes('too_narrow'));
});

test('a clipped meter is refused', () => {
  const points = simulatedPoints({ ...good, noisePct: 0.2 });
  const limitJ = 20 * 280;
  const refused = refusedFor({ ...points, wallJ: points.wallJ.map((j) => Math.min(j, limitJ)) });
  assert.ok(refused.includes('clipped'));
  assert.not(refusedFor(points).includes('clipped'));
});

test('constants that say another idle than was measured are refused', () => {
  const points = simulatedPoints({ ...good, gpuW: [...ramp(2, 10, 11), ...ramp(38, 60, 200)] });
  const wallJ = points.wallJ.map((j, i) => (i < 2 ? 0.4 * j : j));
  const { findings, idle } = calibrate({ ...points, wallJ });
  assert.ok(idle!.errorPct > 100);
  assert.ok(refusals(findings).some(({ check_id }) => check_id === 'idle'));
});

test('constants that are impossible are refused', () => {
  assert.ok(refusedFor(simulatedPoints({ ...good, eta: 0.6, restW: 120 })).includes('eta_low'));
  assert.ok(
    refusedFor(simulatedPoints({ ...good, eta: 1.5, restW: -5, gpuW: ramp(40, 20, 200) })).includes('rest_negative'),
  );
});

test('a table without idle or without a light load is told so', () => {
  const loads = simulatedPoints({ ...good, gpuW: ramp(40, 60, 200) });
  assert.ok(told(loads).includes('no_idle'));
  assert.equal(refusedFor(loads), []);
  assert.ok(told(simulatedPoints({ ...good, gpuW: [10, 11, ...ramp(38, 120, 200)] })).includes('no_light_load'));
  const all = told(simulatedPoints(good));
  assert.not(all.includes('no_idle') || all.includes('no_light_load'));
});

test('nothing of a group reaches the errors on it but its own measurements', () => {
  const points = simulatedPoints({ ...good, cpu: 1.3, cpuW: load(40), groups: 4 });
  const of = (i: number) => points.group[i] === 'g1';
  // Scaling the energies of a held-out row scales what is predicted and what is measured: its error stays.
  const scaled = (values: Float64Array): Float64Array => values.map((value, i) => (of(i) ? 7 * value : value));
  const scrambled = {
    ...points,
    wallJ: scaled(points.wallJ),
    gpuJ: scaled(points.gpuJ),
    timeS: scaled(points.timeS),
    cpu: { ...points.cpu!, values: scaled(points.cpu!.values) },
  };
  const wrong = { ...points, wallJ: points.wallJ.map((j, i) => (of(i) ? 2 * j : j)) };
  const [before, after, off] = [points, scrambled, wrong].map((one) => calibrate(one).leftOut.errorPct);
  before.forEach((error, i) => {
    if (!of(i)) return;
    near(after[i], error, 1e-9);
    near(1 + off[i] / 100, (1 + error / 100) / 2, 1e-12);
  });
});

test('the interval covers nine of ten on groups left out, and is as wide as the noise asks', () => {
  const points = simulatedPoints({ ...good, gpuW: ramp(400, 12, 200), noisePct: 1, groups: 10 });
  const { halfWidth, covered } = tableInterval(points, calibrate(points).leftOut);
  assert.ok(covered >= 0.9 && covered < 0.93, String(covered));
  near(halfWidth, 1.645 * 0.01, 0.002); // 90 % of a normal distribution
});

test('a single group that is off widens the interval for all', () => {
  const points = simulatedPoints({ ...good, gpuW: ramp(40, 12, 200), groups: 4 });
  const off = { ...points, wallJ: points.wallJ.map((j, i) => (points.group[i] === 'g2' ? 1.05 * j : j)) };
  const [narrow, wide] = [points, off].map((one) => tableInterval(one, calibrate(one).leftOut).halfWidth);
  assert.ok(narrow < 0.015 && wide > 0.04, `${narrow} ${wide}`);
});

test('every finding has its limit and where that comes from', () => {
  for (const points of [simulatedPoints({ ...good, gpuW: ramp(6, 150, 180), groups: 1 }), simulatedPoints(good)]) {
    for (const { message, source, limit } of calibrate(points).findings) {
      assert.ok(message.length > 10 && source.length > 5 && limit !== null);
    }
  }
});

test.run();
