/** Lag and window between two power logs: what is known is found, what the data cannot tell is said not to be told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lagOf, type Lag, type Samples } from '../../../stages/align/lag.js';
import { Random } from '../../../stages/energy/random.js';
import { needs } from '../../needs.js';

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

/** The card's supply rails: nine 16-bit words a sample, a tick and four times volts and amperes (foreign/README.md). */
function rails(folder: string): Samples {
  const bytes = readFileSync(join(folder, 'PMD_data.bin'));
  const start_us = Number(readFileSync(join(folder, 'PMD_start_ts.txt'), 'utf8'));
  const count = bytes.length / 18;
  const [at_us, value] = [new Float64Array(count), new Float64Array(count)];
  let ticks = 0;
  for (let i = 0; i < count; i++) {
    if (i > 0) ticks += (bytes.readUInt16LE(18 * i) - bytes.readUInt16LE(18 * (i - 1)) + 65536) % 65536;
    at_us[i] = start_us + (ticks / 2933.5) * 1000;
    const word = (k: number): number => Math.max(0, bytes.readInt16LE(18 * i + 2 * k) >> 4);
    for (let k = 1; k < 9; k += 2) value[i] += word(k) * 0.007568 * word(k + 1) * 0.0488;
  }
  return { at_us, value };
}

function nvidiaSmi(folder: string, column: number): Samples {
  const lines = readFileSync(join(folder, 'gpudata.csv'), 'utf8').trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(', '));
  const stamp = (text: string) => Date.parse(`${text.replaceAll('/', '-').replace(' ', 'T')}+01:00`) * 1000;
  return {
    at_us: Float64Array.from(rows, (row) => stamp(row[0])),
    value: Float64Array.from(rows, (row) => Number(row[column])),
  };
}

if (foreign) {
  test('a real pair: nvidia-smi averages over about a second, its instant power over its own 100 ms', () => {
    const folder = join(foreign, 'rtx3090-step');
    const reference = rails(folder);
    const average = told(lagOf(reference, nvidiaSmi(folder, 6), 5e6));
    assert.ok(Math.abs(average.interval_ms - 100) <= 10);
    assert.ok(average.window.told && average.window.ms > 900 && average.window.ms < 1150, `${average.window.ms}`);
    assert.ok(average.lag.told && Math.abs(average.lag.ms) < 150, `${average.lag.ms}`);
    const instant = told(lagOf(reference, nvidiaSmi(folder, 7), 5e6));
    assert.ok(instant.window.told && instant.window.ms < 200, `${instant.window.ms}`);
    assert.ok(average.explained > 0.99 && instant.explained > 0.99);
  });
}

test.run();
