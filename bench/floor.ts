/** What this machine can do at best: the speeds that a floor is computed from. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../stages/energy/median.js';
import { accumulate, multiply, wide } from '../stages/energy/predictors/dense.js';

const mebibyte = 2 ** 20;
const size = 256 * mebibyte;
const times = 3;

function rate(amount: number, work: () => void): number {
  const rates = Array.from({ length: times }, () => {
    const started = performance.now();
    work();
    return amount / ((performance.now() - started) / 1000);
  });
  return median(rates);
}

/** Bytes a second of writing and syncing. */
export function diskRate(folder: string): number {
  const path = join(folder, 'disk');
  const block = Buffer.alloc(mebibyte, 7);
  const speed = rate(size, () => {
    const file = openSync(path, 'w');
    for (let i = 0; i < size / mebibyte; i++) writeSync(file, block);
    fsyncSync(file);
    closeSync(file);
  });
  rmSync(path);
  return speed;
}

/** Bytes a second of copying. */
export function memoryRate(): number {
  const [from, to] = [Buffer.alloc(size, 7), Buffer.alloc(size)];
  return rate(size, () => from.copy(to));
}

/** A matrix that stays in the first cache but for the weights: 8 rows of 680 monomials. */
const rows = { terms: 680, first: 0, count: 8 } as const;
const goes = 20_000;

/** Multiply-adds a second of training's two products, on cached data. */
export function multiplyAddRate(): number {
  const x = new Float32Array(rows.terms * rows.count).fill(0.5);
  const weights = new Float64Array((rows.terms + 1) * wide).fill(0.1);
  const [z, gradient] = [new Float64Array(rows.count * wide), new Float64Array(weights.length)];
  return rate(2 * goes * rows.terms * rows.count * wide, () => {
    for (let i = 0; i < goes; i++) {
      multiply({ x, ...rows }, weights, wide, z);
      accumulate({ x, ...rows }, z, wide, gradient);
    }
  });
}
