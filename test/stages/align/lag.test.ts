/** Lag and window between two power logs: what is known is found, what the data cannot tell is said not to be told. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gpuLag } from '../../../stages/align/checks.js';
import { lagOf, type Lag } from '../../../stages/align/lag.js';
import type { SessionFacts } from '../../../stages/align/rows.js';
import type { Samples } from '../../../stages/align/updates.js';
import { Random } from '../../../stages/energy/random.js';
import { needs } from '../../needs.js';
import { nvidiaSmi, rails, started_us } from './rtx3090.js';

/** A load by when it switches, s: 60 W, and 200 W from every odd moment to the next. */
const load = (switches: readonly number[]) => (at_s: number) =>
  switches.filter((moment) => moment <= at_s).length % 2 ? 200 : 60;

const unequal = [
  3.04, 5.31, 8.17, 9.23, 14.98, 16.02, 20.35, 25.09, 26.16, 31.71, 34.27, 35.26, 41.13, 44.42, 47.08, 53.19,
];
const duration_s = 60;

/** Means of a load over the window that ended `lag_s` before each sample, with noise (relative). */
function log(
  watts: (at_s: number) => number,
  period_s: number,
  lag_s: number,
  window_s: number,
  noise: number,
): Samples {
  const random = new Random('lag', period_s, lag_s, window_s);
  const count = Math.floor(duration_s / period_s);
  const points = 200;
  const at_us = Float64Array.from({ length: count }, (_, i) => Math.round((i + 1) * period_s * 1e6));
  const value = at_us.map((us) => {
    let sum = 0;
    for (let k = 0; k < points; k++) sum += watts(us / 1e6 - lag_s - ((k + 0.5) / points) * window_s);
    return (sum / points) * (1 + noise * random.gaussian());
  });
  return { at_us, value };
}

function told(found: Lag | { readonly refused: string }): Lag {
  if ('refused' in found) throw new Error(found.refused);
  return found;
}

test('lag and window of a load that does not repeat are found within their intervals', () => {
  const reference = log(load(unequal), 0.01, 0, 0.01, 0.003);
  for (const [lag_s, window_s] of [
    [0.105, 1],
    [0.4, 0.17],
    [-0.75, 0.5],
    [2, 2],
  ]) {
    const other = log((at_s) => 20 + 0.6 * load(unequal)(at_s), 0.1, lag_s, window_s, 0.005);
    const { lag, window, explained } = told(lagOf(reference, other, 5e6));
    assert.ok(lag.told && window.told, `${lag_s} ${window_s}`);
    assert.ok(Math.abs(lag.ms - lag_s * 1e3) < 15, `lag ${lag.ms}, true ${lag_s * 1e3}`);
    assert.ok(Math.abs(window.ms - window_s * 1e3) < 25, `window ${window.ms}, true ${window_s * 1e3}`);
    assert.ok(lag.low_ms <= lag.ms && lag.ms <= lag.high_ms && explained > 0.98);
  }
});

test('a coarse reference tells no more than its own intervals', () => {
  const reference = log(load(unequal), 1, 0, 1, 0.003);
  const { lag } = told(lagOf(reference, log(load(unequal), 1, 0.3, 1, 0.005), 5e6));
  assert.ok(lag.low_ms <= 300 && lag.high_ms >= 300);
});

/** What `nvidia-smi -lms 7` leaves: every few milliseconds the last value, stamped to `step_ms`. */
function heldLog(watts: (at_s: number) => number, lag_s: number, window_s: number, step_ms = 1): Samples {
  const news = log(watts, 0.1, lag_s, window_s, 0.002);
  const random = new Random('held', lag_s, window_s);
  const [at_us, value]: [number[], number[]] = [[], []];
  for (let at = news.at_us[0], i = 0; at < duration_s * 1e6; at += 6500 + 1000 * random.uniform()) {
    while (i + 1 < news.at_us.length && news.at_us[i + 1] <= at) i++;
    at_us.push(Math.floor(at / (step_ms * 1000)) * step_ms * 1000);
    value.push(news.value[i]);
  }
  return { at_us: Float64Array.from(at_us), value: Float64Array.from(value) };
}

const covers = ({ low_ms, high_ms }: Lag['lag'], true_ms: number): boolean => low_ms <= true_ms && true_ms <= high_ms;

test('a log that repeats its last value is taken where it is new, without what is added by waiting for a line', () => {
  const reference = log(load(unequal), 0.01, 0, 0.01, 0.003);
  for (const [lag_s, window_s] of [
    [0, 1],
    [0.105, 1],
    [0.3, 0.1],
  ]) {
    const { lag, window, interval_ms } = told(lagOf(reference, heldLog(load(unequal), lag_s, window_s), 5e6));
    assert.ok(Math.abs(interval_ms - 100) < 5, `${interval_ms}`);
    assert.ok(lag.told && Math.abs(lag.ms - lag_s * 1e3) < 5, `lag ${lag.ms}, true ${lag_s * 1e3}`);
    assert.ok(window.told && Math.abs(window.ms - window_s * 1e3) < 20, `window ${window.ms}, true ${window_s * 1e3}`);
    assert.ok(covers(lag, lag_s * 1e3) && covers(window, window_s * 1e3));
  }
});

test('stamps that were cut off make the interval as wide as they are coarse', () => {
  const reference = log(load(unequal), 0.01, 0, 0.01, 0.003);
  for (const step_ms of [100, 1000]) {
    const fine = log(load(unequal), 0.13, 0.105, 1, 0.003);
    const at_us = fine.at_us.map((at) => Math.floor(at / (step_ms * 1e3)) * step_ms * 1e3);
    const { lag, window } = told(lagOf(reference, { ...fine, at_us }, 5e6));
    assert.ok(covers(lag, 105) && covers(window, 1000), `${step_ms}: ${JSON.stringify({ lag, window })}`);
    assert.ok(lag.high_ms - lag.low_ms >= step_ms);
  }
});

test('a window around its stamp shows as a lag of minus half of it, and as stamps that are apart', () => {
  const reference = log(load(unequal), 0.01, 0, 0.01, 0.003);
  const found = told(lagOf(reference, log(load(unequal), 0.1, -0.5, 1, 0.003), 5e6));
  assert.ok(found.lag.told && Math.abs(found.lag.ms + 500) < 15, `${found.lag.ms}`);
  const { message } = gpuLag({ session: 's' } as SessionFacts, found);
  assert.match(
    message,
    /lag -(4|5)\d\d ms .*, -?\d+ ms from its middle; below 0: the stamps .* at least \d+ ms apart$/,
  );
  const behind = told(lagOf(reference, log(load(unequal), 0.1, 0.4, 1, 0.003), 5e6));
  assert.match(gpuLag({ session: 's' } as SessionFacts, behind).message, /to the stamp, 9\d\d ms from its middle$/);
});

test('the lag of a load that repeats within the search cannot be told', () => {
  const every = Array.from({ length: 60 }, (_, i) => i + (i % 2 ? 0 : 0.1));
  const { lag } = told(lagOf(log(load(every), 0.01, 0, 0.01, 0.003), log(load(every), 0.1, 0.1, 0.2, 0.005), 5e6));
  assert.not(lag.told);
  assert.ok(lag.high_ms - lag.low_ms > 2000);
});

test('a window much longer than the load repeats hides it', () => {
  const every = Array.from({ length: 240 }, (_, i) => i / 4);
  const found = lagOf(log(load(every), 0.01, 0, 0.01, 0.003), log(load(every), 0.1, 0.1, 1, 0.01), 5e6);
  assert.ok('refused' in found || !found.lag.told || !found.window.told);
});

test('logs of different loads, of none, or too short are refused', () => {
  const reference = log(load(unequal), 0.01, 0, 0.01, 0.003);
  const refusal = (other: Samples): string => {
    const found = lagOf(reference, other, 5e6);
    return 'refused' in found ? found.refused : `found ${found.lag.ms} ms`;
  };
  const elsewhere = [1, 2, 6, 13, 14, 17, 19, 22, 29, 29.5, 39, 40, 46, 50, 55, 58];
  assert.match(refusal(log(load(elsewhere), 0.1, 0, 0.1, 0.003)), /do not show the same load/);
  assert.match(refusal(log(() => 100, 0.1, 0, 0.1, 0)), /one of the logs is constant/);
  assert.match(refusal(log(load(unequal), 5, 0, 1, 0.003)), /fewer than 20/);
});

const foreign = needs('foreign');

const shifted = ({ at_us, value }: Samples, by_us: number): Samples => ({
  at_us: at_us.map((at) => at + by_us),
  value,
});

if (foreign) {
  const folder = join(foreign, 'rtx3090-step');
  const [average, instant] = [6, 7];

  test('a real pair: nvidia-smi averages over about a second, its instant power over its own 100 ms', () => {
    const reference = rails(folder);
    const filed = told(lagOf(reference, nvidiaSmi(folder, average), 5e6));
    assert.ok(Math.abs(filed.interval_ms - 100) <= 10);
    assert.ok(filed.window.told && filed.window.ms > 900 && filed.window.ms < 1150, `${filed.window.ms}`);
    const moment = told(lagOf(reference, nvidiaSmi(folder, instant), 5e6));
    assert.ok(moment.window.told && Math.abs(moment.window.ms - 100) < 10, `${moment.window.ms}`);
    assert.ok(filed.explained > 0.99 && moment.explained > 0.99);
    // By the stamps as filed, both would tell what is yet to come.
    assert.ok(filed.lag.high_ms < 0 && moment.lag.high_ms < 0);
  });

  test('the same from the moment at which the rails were first read: no lag at 100 ms, a little at a second', () => {
    const reference = shifted(rails(folder), -started_us);
    const moment = told(lagOf(reference, nvidiaSmi(folder, instant), 5e6));
    assert.ok(Math.abs(moment.lag.ms) < 10, `${moment.lag.ms}`);
    const filed = told(lagOf(reference, nvidiaSmi(folder, average), 5e6));
    assert.ok(filed.lag.told && filed.lag.ms > -10 && filed.lag.ms < 40, `${filed.lag.ms}`);
  });

  /** Means of a log over a window that ends at a moment, to a sample. */
  function meansOf({ at_us, value }: Samples): (to_us: number, window_us: number) => number {
    const sums = new Float64Array(at_us.length);
    for (let i = 1; i < sums.length; i++) sums[i] = sums[i - 1] + value[i] * (at_us[i] - at_us[i - 1]);
    const last = at_us.length - 1;
    const spacing_us = (at_us[last] - at_us[0]) / last;
    const sumUntil = (moment_us: number): number => {
      let i = Math.min(last, Math.max(0, Math.floor((moment_us - at_us[0]) / spacing_us)));
      while (i < last && at_us[i + 1] <= moment_us) i++;
      while (i > 0 && at_us[i] > moment_us) i--;
      return sums[i];
    };
    return (to_us, window_us) => (sumUntil(to_us) - sumUntil(to_us - window_us)) / window_us;
  }

  test('a made log of the real rails gives the lag and the window that it was made with', () => {
    const reference = rails(folder);
    const { at_us } = reference;
    const mean = meansOf(reference);
    for (const [lag_us, window_us] of [
      [105_000, 1_000_000],
      [0, 100_000],
    ]) {
      const stamps = Array.from({ length: 125 }, (_, i) => at_us[0] + 1.2e6 + i * 100_037);
      const made = stamps.map((at) => 0.95 * mean(at - lag_us, window_us));
      const found = lagOf(reference, { at_us: Float64Array.from(stamps), value: Float64Array.from(made) }, 5e6);
      const { lag, window } = told(found);
      assert.ok(Math.abs(lag.ms - lag_us / 1e3) < 3, `lag ${lag.ms}, true ${lag_us / 1e3}`);
      assert.ok(Math.abs(window.ms - window_us / 1e3) < 5, `window ${window.ms}, true ${window_us / 1e3}`);
    }
  });

  test('its lag of about 0.1 s is that of all lines, repeated values too, for a window of just a second', () => {
    const reference = shifted(rails(folder), -started_us);
    const [first_us, last_us] = [reference.at_us[0], reference.at_us[reference.at_us.length - 1]];
    const mean = meansOf(reference);
    const { at_us, value } = nvidiaSmi(folder, average);
    const correlation = (lag_ms: number): number => {
      const inside = (at: number): boolean => at - lag_ms * 1e3 - 1e6 >= first_us && at - lag_ms * 1e3 <= last_us;
      const x = Array.from(at_us.filter(inside), (at) => mean(at - lag_ms * 1e3, 1e6));
      const y = value.filter((_, i) => inside(at_us[i]));
      const middle = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b) / values.length;
      const [mx, my] = [middle(x), middle(y)];
      const product = (a: (i: number) => number, b: (i: number) => number): number => x.reduce((sum, _, i) => sum + a(i) * b(i), 0); // prettier-ignore
      const [dx, dy] = [(i: number) => x[i] - mx, (i: number) => y[i] - my];
      return product(dx, dy) / Math.sqrt(product(dx, dx) * product(dy, dy));
    };
    const lags = Array.from({ length: 61 }, (_, i) => i * 5);
    const best = lags.map(correlation).reduce((at, value, i, all) => (value > all[at] ? i : at), 0);
    assert.ok(Math.abs(lags[best] - 98) <= 5, `${lags[best]}`);
  });
}

test.run();
