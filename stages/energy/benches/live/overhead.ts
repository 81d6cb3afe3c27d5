/**
 * What measuring takes of the machine that is measured, by blocks of time with and without the resource logger and the
 * meter's recorder, in the order off on on off so that a drift of the machine cancels:
 *
 *     off ────     ──── off off ────     ──── off      busy ticks of the whole machine (/proc/stat), whoever made them
 *     on      ── ──               ── ──                and processor time of our processes, by the scheduler's account
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Meter } from '../../meters/meter.js';
import type { EndRecord } from './logger_line.js';
import { LoggerProcess, recordsIn } from './logger_process.js';
import { type CpuTicks, cpuTicks, peakMemory_kib, processCpu_us } from './proc_cpu.js';

/** A process of ours in the blocks that were on. */
export interface Share {
  readonly process: 'logger' | 'recorder' | 'this program';
  /** Of the machine's CPU, all threads. */
  readonly cpu_pct: number | null;
  readonly peak_mib: number | null;
}

export interface Overhead {
  readonly shares: readonly Share[];
  /** All of them; null where one of them is not known. */
  readonly cpu_pct: number | null;
  /** Machine busy in each block, by whoever. */
  readonly off_pct: readonly number[];
  readonly on_pct: readonly number[];
  readonly late_p50_us: number;
  /** Of the worst block. */
  readonly late_p99_us: number;
  readonly samples: number;
  readonly missed_ticks: number;
}

export interface OverheadOptions {
  readonly block_s: number;
  /** How often off on on off. */
  readonly repeats: number;
  readonly gpus: readonly string[];
  /** A log of its own for every block. */
  readonly log: (name: string) => string;
  /** A meter whose log is this, not yet open, with the process that reads it. */
  readonly meter: (log: string) => Meter & { readonly recorder: number | null };
  readonly signal?: AbortSignal;
}

const order = ['off', 'on', 'on', 'off'] as const;

const busy_pct = (from: CpuTicks, to: CpuTicks): number => (100 * (to.busy - from.busy)) / (to.total - from.total);

/** A block that was on: who took how much of it. */
interface On {
  readonly busy_pct: number;
  readonly elapsed_us: number;
  readonly cpu_us: Readonly<Record<Share['process'], number | null>>;
  readonly peak_kib: Readonly<Record<Share['process'], number | null>>;
  readonly end: EndRecord;
}

async function offBlock({ block_s, signal }: OverheadOptions): Promise<number> {
  const before = cpuTicks()!;
  await sleep(block_s * 1e3, undefined, { signal });
  return busy_pct(before, cpuTicks()!);
}

const ownCpu_us = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;

async function onBlock(options: OverheadOptions, name: string): Promise<On> {
  const { block_s, gpus, log, meter: meterOf, signal } = options;
  const resources = log(`${name}-resources.log`);
  const meter = meterOf(log(`${name}-meter.log`));
  const logger = await LoggerProcess.start({ log: resources, gpus });
  try {
    await meter.open();
    const pids = { logger: logger.pid, recorder: meter.recorder! };
    const times = () => ({ logger: processCpu_us(pids.logger), recorder: processCpu_us(pids.recorder), own: ownCpu_us() }); // prettier-ignore
    const [before, from, started] = [cpuTicks()!, times(), process.hrtime.bigint()];
    await sleep(block_s * 1e3, undefined, { signal });
    const [to, after, elapsed] = [times(), cpuTicks()!, process.hrtime.bigint() - started];
    const recorderPeak_kib = peakMemory_kib(pids.recorder);
    await logger.stop();
    const end = (await recordsIn(resources)).find((record) => record.kind === 'end')!;
    return {
      busy_pct: busy_pct(before, after),
      elapsed_us: Number(elapsed / 1000n),
      cpu_us: {
        logger: between(from.logger, to.logger),
        recorder: between(from.recorder, to.recorder),
        'this program': to.own - from.own,
      },
      peak_kib: { logger: end.peak_rss_kib, recorder: recorderPeak_kib, 'this program': peakMemory_kib(process.pid) },
      end,
    };
  } finally {
    await meter.close();
    await logger.stop().catch(() => {});
  }
}

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce((total, value) => (total === null || value === null ? null : total + value), 0 as number | null);

/** Throws an UnavailableError where the logger or the meter cannot be had. */
export async function measureOverhead(options: OverheadOptions, threads: number): Promise<Overhead> {
  const on: On[] = [];
  const off_pct: number[] = [];
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    for (const [i, block] of order.entries()) {
      if (block === 'off') off_pct.push(await offBlock(options));
      else on.push(await onBlock(options, `${repeat}-${i}`));
    }
  }
  const available_us = threads * on.reduce((total, { elapsed_us }) => total + elapsed_us, 0);
  const shares = (['logger', 'recorder', 'this program'] as const).map((process): Share => {
    const cpu_us = sum(on.map(({ cpu_us }) => cpu_us[process]));
    const peaks = on.flatMap(({ peak_kib }) => peak_kib[process] ?? []);
    const peak_mib = peaks.length > 0 ? Math.max(...peaks) / 1024 : null;
    return { process, cpu_pct: cpu_us === null ? null : (100 * cpu_us) / available_us, peak_mib };
  });
  const ends = on.map(({ end }) => end);
  return {
    shares,
    cpu_pct: sum(shares.map(({ cpu_pct }) => cpu_pct)),
    off_pct,
    on_pct: on.map(({ busy_pct }) => busy_pct),
    late_p50_us: ends.map(({ late_p50_us }) => late_p50_us).sort((a, b) => a - b)[ends.length >> 1],
    late_p99_us: Math.max(...ends.map(({ late_p99_us }) => late_p99_us)),
    samples: ends.reduce((total, { ticks }) => total + ticks, 0),
    missed_ticks: ends.reduce((total, { missed_ticks }) => total + missed_ticks, 0),
  };
}
