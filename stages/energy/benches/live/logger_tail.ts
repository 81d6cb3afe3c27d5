/** Follows the log of a resource logger that runs: what has been appended since it was last looked at. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { History } from './history.js';
import type { GpuSample, HostSample } from './instruments.js';
import { type DeviceRecord, type GpuRecord, parseLoggerLine } from './logger_line.js';

const block = Buffer.alloc(1 << 16);

export class LoggerTail {
  /** The GPU that is logged; null until its line has come. */
  device: DeviceRecord | null = null;
  private period_us = Infinity;
  private sampled: { readonly tick: number; readonly mono_us: number } | null = null;
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
    return this.sampled?.tick === tick && mono_us + took_us - this.sampled.mono_us > this.period_us / 2;
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      const record = line.startsWith('#') ? null : parseLoggerLine(line);
      if (record?.kind === 'device') this.device = record;
      if (record?.kind === 'run') this.period_us = record.period_us;
      if (record?.kind === 'host') this.host.push((this.sampled = record));
      if (record?.kind === 'gpu' && !this.isLate(record)) this.gpu.push(record);
    }
  }
}
