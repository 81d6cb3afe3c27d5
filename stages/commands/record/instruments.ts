/**
 * Logger and meter around a program:
 *
 *     meter   ┃   ┃   ┃   ┃   ┃   ┃   ┃   ┃   ┃   ┃   ┃     two lines before and two after, so that each edge has a
 *     logger  │││││││││││││││││││││││││││││││││││││││││     neighbour on both sides (align, energy.sql)
 *                  ├ standby ┤├──── program ────┤
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Terminal } from '../../../pipeline/terminal.js';
import type { DeviceRecord } from '../../energy/benches/live/logger_line.js';
import type { LoggerProcess } from '../../energy/benches/live/logger_process.js';
import { endInstruments, startInstruments } from '../../energy/benches/live/start_instruments.js';
import { hostClock_us } from '../../energy/meters/host_clock.js';
import { RecordedMeter } from '../../energy/meters/recorded_meter.js';
import type { MeterSettings } from '../../energy/meters/settings.js';
import type { Ended } from './program.js';

export interface Setup {
  readonly folder: string;
  readonly meter: MeterSettings | null;
  readonly gpus: readonly DeviceRecord[];
  /** How long standby is measured before the program, s; 0: not at all. */
  readonly standby_s: number;
}

/** From when to when, on the host's monotonic clock. */
export interface Span {
  readonly start_us: number;
  readonly end_us: number;
}

export interface Recording {
  readonly program: Ended;
  readonly standby: Span | null;
}

/** The distance of the logger's samples, ms: its default. */
const sample_ms = 170;

/** Lines of the meter, or samples of the logger, that must lie on either side. */
const aside = 2;

/** A meter that says nothing more is waited for so many intervals. */
const patiencePeriods = 5;

export const resourceLog = (folder: string): string => join(folder, 'resources.log');
export const meterLog = (folder: string): string => join(folder, 'meter.log');

/** Lines of a meter as they come. */
class Lines {
  private readonly stamps_us: number[] = [];

  constructor(private readonly meter: RecordedMeter) {
    void this.#follow();
  }

  async #follow(): Promise<void> {
    for await (const { mono_us } of this.meter.samples()) this.stamps_us.push(mono_us);
  }

  /** Waits for enough lines after a moment; not for ever: what is not there is a gap. */
  async after(at_us: number): Promise<void> {
    const patience_us = patiencePeriods * this.meter.identity.period_us;
    const enough = (): boolean => this.stamps_us.filter((stamp_us) => stamp_us > at_us).length >= aside;
    while (!enough() && hostClock_us() - at_us < patience_us) await sleep(10);
  }
}

/**
 * Runs the program between the instruments. Throws what they say where one cannot be had; what befalls them later is in
 * their logs.
 */
export async function recordAround(
  setup: Setup,
  run: () => Promise<Ended>,
  terminal: Pick<Terminal, 'status' | 'warn'>,
): Promise<Recording> {
  // prettier-ignore
  const { folder, gpus, standby_s } = setup;
  const isNew = mkdirSync(folder, { recursive: true });
  let ran = false;
  const meter = setup.meter && new RecordedMeter(setup.meter, meterLog(folder));
  const lines = meter && new Lines(meter);
  let logger: LoggerProcess | null = null;
  try {
    const options = { log: resourceLog(folder), gpus: gpus.map(({ uuid }) => uuid) };
    logger = await startInstruments(meter, options, (text) => terminal.warn(text));
    const around = async (at_us: number): Promise<void> => void (await Promise.all([lines?.after(at_us), sleep(aside * sample_ms)])); // prettier-ignore
    await around(hostClock_us());
    const standby = standby_s > 0 ? await standbySpan(standby_s, terminal) : null;
    ran = true;
    const program = await run();
    terminal.status('waiting for the instruments’ last samples');
    await around(program.end_us);
    return { program, standby };
  } finally {
    if (logger) await endInstruments(meter, logger);
    // Of a program that never ran there is nothing to keep.
    if (!ran && isNew !== undefined) rmSync(isNew, { recursive: true, force: true });
  }
}

async function standbySpan(standby_s: number, terminal: Pick<Terminal, 'status'>): Promise<Span> {
  terminal.status(`standby is measured for ${standby_s} s: leave the machine alone`);
  const start_us = hostClock_us();
  await sleep(standby_s * 1e3);
  return { start_us, end_us: hostClock_us() };
}
