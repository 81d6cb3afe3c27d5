import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../../pipeline/errors.js';
import { fitLaw, lawJ, type LawRow } from '../../../../stages/energy/predictors/law_fit.js';
import { Random } from '../../../../stages/energy/random.js';

/** Loads of 40 to 140 W and up to 10 % error, by a known law. */
function loads(count: number, noise: number, seed = 1): LawRow[] {
  const random = new Random('loads', seed);
  return Array.from({ length: count }, (_, i) => {
    const latencyS = 0.01 + random.uniform();
    const gpuJ = latencyS * (40 + 100 * random.uniform());
    const cpu = latencyS * 20 * random.uniform();
    const wallJ = (1.1 * gpuJ + 80 * latencyS + 2 * cpu) * (1 + noise * (2 * random.uniform() - 1));
    return { wallJ, gpuJ, latencyS, cpu, level: i % 3 };
  });
}

const near = (found: number, expected: number, within: number): void =>
  assert.ok(Math.abs(found - expected) <= within, `${found}, expected ${expected} ± ${within}`);

test('exact rows give their constants, with no uncertainty', () => {
  const { eta, restW, cpu, sd } = fitLaw(loads(10, 0), 'cpu_w_per_pct');
  near(eta, 1.1, 1e-9);
  near(restW, 80, 1e-7);
  near(cpu!, 2, 1e-8);
  near(sd.eta, 0, 1e-9);
});

test('the uncertainties are those of many repetitions', () => {
  const fits = Array.from({ length: 400 }, (_, seed) => fitLaw(loads(60, 0.1, seed), 'cpu_w_per_pct'));
  for (const constant of ['eta', 'restW', 'cpu'] as const) {
    const values = fits.map((fit) => fit[constant]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const stated = fits.reduce((sum, { sd }) => sum + sd[constant]!, 0) / fits.length;
    near(stated / spread, 1, 0.1);
  }
});

test('each level weighs the same, however many rows it has', () => {
  const light = { gpuJ: 1, latencyS: 1, wallJ: 50, level: 0 };
  const heavy = { gpuJ: 1, latencyS: 1, wallJ: 70, level: 1 };
  const other = { gpuJ: 5, latencyS: 1, wallJ: 60, level: 2 };
  const once = fitLaw([light, heavy, other]);
  const often = fitLaw([light, light, light, heavy, other, other]);
  near(often.eta, once.eta, 1e-12);
  near(often.restW, once.restW, 1e-12);
});

test('what the law gives is the sum of its terms', () => {
  const row = { gpuJ: 2, latencyS: 0.5, cpu: 3 };
  assert.is(lawJ({ eta: 1.5, restW: 10, cpu: null }, row), 8);
  assert.is(lawJ({ eta: 1.5, restW: 10, cpu: 2 }, row), 14);
});

test('too few rows, or rows of one load, are refused', () => {
  assert.throws(
    () => fitLaw(loads(1, 0)),
    (error: unknown) => error instanceof UsageError,
  );
  const oneLoad = [1, 2, 3].map((latencyS) => ({ latencyS, gpuJ: 50 * latencyS, wallJ: 130 * latencyS }));
  assert.throws(() => fitLaw(oneLoad), /do not tell the constants apart/);
});

test.run();
