/** `pipeline doctor --overhead`: what our processes take of this machine, held against the paper's own bound. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefusedError, UsageError } from '../../pipeline/errors.js';
import { alignColumns, type Terminal } from '../../pipeline/terminal.js';
import { measureOverhead, type Overhead } from '../energy/benches/live/overhead.js';
import { RecordedMeter } from '../energy/meters/recorded_meter.js';
import type { DoctorArgs } from './doctor.js';
import { loggedGpus } from './logged_gpus.js';
import { meterIn } from './meter_argument.js';

/** Of the machine's CPU, all processes together, and of the logger's memory: IrEne A.3 (check 26). */
const limit_pct = 0.5;
const limit_mib = 15;

/** Off on on off, twice: each mean has four blocks. */
const repeats = 2;
const blocks = 4 * repeats;

/** Blocks must hold more than a few ticks of the CPU's counters. */
const shortest_s = 8;

interface Difference {
  readonly pct: number;
  /** Standard error. */
  readonly se_pct: number;
}

/** Means of the blocks that were on, less those that were off. */
function difference({ on_pct, off_pct }: Overhead): Difference {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const varianceOfMean = (values: readonly number[]): number => {
    const m = mean(values);
    return values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1) / values.length;
  };
  return { pct: mean(on_pct) - mean(off_pct), se_pct: Math.sqrt(varianceOfMean(on_pct) + varianceOfMean(off_pct)) };
}

const cell = (value: number | null, digits: number): string => (value === null ? 'not told' : value.toFixed(digits));

function text(overhead: Overhead, { pct, se_pct }: Difference, meter: string): string {
  const { shares, cpu_pct, samples, missed_ticks, late_p50_us, late_p99_us } = overhead;
  const names = { logger: 'logger', recorder: `recorder (${meter})`, 'this program': 'this program' };
  const rows = shares.map(({ process, ...own }) => [names[process], cell(own.cpu_pct, 3), cell(own.peak_mib, 1)]);
  return [
    alignColumns([['', '% of the CPU', 'peak MiB'], ...rows, ['together', cell(cpu_pct, 3), '']], new Set([1, 2])),
    '',
    `on less off, whole machine: ${pct.toFixed(2)} ± ${(2 * se_pct).toFixed(2)} % (two standard errors)`,
    `logger: ${samples} samples, ${missed_ticks} ticks missed; late p50 ${late_p50_us} µs, p99 ${late_p99_us} µs in the worst block`,
  ].join('\n');
}

export async function overhead({ meter, duration }: DoctorArgs, terminal: Terminal): Promise<void> {
  if (!(duration >= shortest_s)) throw new UsageError(`--duration ${duration}: expected ${shortest_s} s or more`);
  const settings = meterIn(meter ?? 'simulated');
  const folder = mkdtempSync(join(tmpdir(), 'overhead-'));
  try {
    const gpus = await loggedGpus(undefined, (text) => terminal.warn(text));
    terminal.say(`${blocks} blocks of ${duration / blocks} s, off and on; leave the machine alone meanwhile`);
    const found = await measureOverhead(
      {
        block_s: duration / blocks,
        repeats,
        gpus: gpus.map(({ uuid }) => uuid),
        log: (name) => join(folder, name),
        meter: (log) => new RecordedMeter(settings, log),
      },
      availableParallelism(),
    );
    const on = difference(found);
    terminal.print(text(found, on, settings.type));
    terminal.document({ ...found, on_less_off_pct: on.pct, on_less_off_se_pct: on.se_pct, meter: settings.type, limit_pct, limit_mib }); // prettier-ignore
    judge(found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws a RefusedError where more is taken than the paper allows itself. */
function judge({ cpu_pct, shares }: Overhead): void {
  const memory_mib = shares.find(({ process }) => process === 'logger')?.peak_mib ?? 0;
  if (cpu_pct !== null && cpu_pct > limit_pct) {
    throw new RefusedError(
      `our processes take ${cpu_pct.toFixed(3)} % of the CPU, the limit is ${limit_pct} % (IrEne A.3)`,
    );
  }
  if (memory_mib > limit_mib) {
    throw new RefusedError(`the logger takes ${memory_mib.toFixed(1)} MiB, the limit is ${limit_mib} MiB (IrEne A.3)`);
  }
}
