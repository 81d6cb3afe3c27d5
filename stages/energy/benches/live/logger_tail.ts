/** Follows the log of a resource logger that runs: what has been appended since it was last looked at. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { History } from './history.js';
import type { GpuSample, HostSample } from './instruments.js';
import { type DeviceRecord, type GpuRecord, type HostRecord, parseLoggerLine, type RunRecord } from './logger_line.js';

const block = Buffer.alloc(1 << 16);

/** So many samples are remembered for readings that come after the next sample: a driver that takes longer is late. */
const remembered = 100;

export class LoggerTail {
  /** The GPU that is logged; null until its line has come. */
  device: DeviceRecord | null = null;
  private period_us = Infinity;
  private lastTick = -1;
  /** When the last samples of this start were taken, by tick. */
  private readonly sampled_us = new Map<number, number>();
  private at = 0;
  private rest = '';

  constructor(
    private readonly file: string,
    private readonly host: History<HostSample>,
    private readonly gpu: History<GpuSample>,
  ) {}

  /** Takes in the whole lines that there are; damaged ones are left to who reads the log in the end. */
  look(): void {
    const fd = openSync(this.file, 'r');
    try {
      for (let read = readSync(fd, block, 0, block.length, this.at); read > 0;) {
        this.at += read;
        this.take(block.toString('latin1', 0, read));
        read = readSync(fd, block, 0, block.length, this.at);
      }
    } finally {
      closeSync(fd);
    }
  }

  /** A reading that came too late for its sample is left out when the log is read (logger_samples.ts), so it is here. */
  private isLate({ tick, mono_us, took_us }: GpuRecord): boolean {
    const sampled_us = this.sampled_us.get(tick);
    if (sampled_us === undefined) return this.lastTick >= tick;
    return mono_us + took_us - sampled_us > this.period_us / 2;
  }

  private sample(record: HostRecord): void {
    this.lastTick = record.tick;
    this.sampled_us.set(record.tick, record.mono_us);
    this.sampled_us.delete(record.tick - remembered);
    this.host.push(record);
  }

  /** Another start of the logger counts its ticks anew. */
  private begin({ period_us }: RunRecord): void {
    this.period_us = period_us;
    this.lastTick = -1;
    this.sampled_us.clear();
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      const record = line.startsWith('#') ? null : parseLoggerLine(line);
      if (record?.kind === 'device') this.device = record;
      if (record?.kind === 'run') this.begin(record);
      if (record?.kind === 'host') this.sample(record);
      if (record?.kind === 'gpu' && !this.isLate(record)) this.gpu.push(record);
    }
  }
}
