/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), its state the SHA-256 of what is drawn for (a seed, a
 * session, a purpose). Every purpose has a generator of its own, so that switching one imperfection off moves no other,
 * and a draw depends neither on the run nor on the order in which partitions are computed.
 */
import { createHash } from 'node:crypto';

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

export class Random {
  private readonly state: Int32Array;
  /** The second deviate of the last polar pair, NaN where it is used up. */
  private spare = NaN;

  constructor(...key: readonly (string | number)[]) {
    const digest = createHash('sha256').update(JSON.stringify(key)).digest();
    this.state = Int32Array.from([0, 4, 8, 12], (at) => digest.readInt32LE(at));
  }

  /** Uniform in 0 ≤ u < 1, in steps of 2⁻³². */
  uniform(): number {
    const s = this.state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9);
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return (result >>> 0) / 0x1_0000_0000;
  }

  /** Normal, mean 0 and standard deviation 1 (Marsaglia's polar method). */
  gaussian(): number {
    if (!Number.isNaN(this.spare)) {
      const spare = this.spare;
      this.spare = NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = y * scale;
      return x * scale;
    }
  }

  /** Exponential, mean 1. */
  exponential(): number {
    return -Math.log(1 - this.uniform());
  }
}
