/** UTC as the program under test reads it, set and slewed by a test (utc_shim.c). */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { hostClock_us } from '../../stages/energy/meters/host_clock.js';

export class Utc {
  private readonly folder = mkdtempSync(join(tmpdir(), 'irene-utc-'));
  private readonly file = join(this.folder, 'utc');
  private ahead_us = 0;
  private since_us = 0;
  private slew_ppm = 0;
  /** What a program is started with to read it. */
  readonly environment: NodeJS.ProcessEnv;

  constructor(cc: string) {
    const library = join(this.folder, 'utc_shim.so');
    const source = join(packageRoot, 'test', 'truth', 'utc_shim.c');
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
    const { status, stderr } = spawnSync(cc, [...flags, '-o', library, source], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${cc} ended with ${status}:\n${stderr}`);
    this.environment = { LD_PRELOAD: library, UTC_SHIM: this.file };
    writeFileSync(this.file, this.numbers());
  }

  /** Somebody sets the clock. */
  step(by_us: number): void {
    this.ahead_us += by_us;
    this.write();
  }

  /** It runs off by so much from now on, and no further with 0. */
  slew(ppm: number): void {
    const now_us = hostClock_us();
    this.ahead_us += Math.round((now_us - this.since_us) * this.slew_ppm * 1e-6);
    this.since_us = now_us;
    this.slew_ppm = ppm;
    this.write();
  }

  private numbers(): BigInt64Array {
    return BigInt64Array.from([this.ahead_us, this.since_us, this.slew_ppm * 1000], (value) =>
      BigInt(Math.round(value)),
    );
  }

  /** In place: every process has the file mapped. */
  private write(): void {
    const file = openSync(this.file, 'r+');
    writeSync(file, this.numbers());
    closeSync(file);
  }
}
