/** The instruments of a bench as they are: the meter's recorder, the resource logger, the driver's tool, PyTorch. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../../../../pipeline/errors.js';
import { hostClock_us } from '../../meters/host_clock.js';
import { RecordedMeter } from '../../meters/recorded_meter.js';
import { powerOf } from '../../meters/reading.js';
import { torchPython } from '../../torch_python.js';
import { History } from './history.js';
import type { GpuSample, HostSample, Instruments, PowerLine, Runner } from './instruments.js';
import { LoggerProcess } from './logger_process.js';
import { LoggerTail } from './logger_tail.js';
import { NodeRunner } from './node_runner.js';
import { freeClocks, type GpuUser, gpuUsers, lockClocks } from './nvidia_smi.js';
import { processCpu_us } from './proc_cpu.js';
import { deviceOf, type LiveSettings } from './settings.js';
import { endInstruments, startInstruments } from './start_instruments.js';
import type { Tell } from './start_together.js';

/** The logger's own period (native/logger). */
export const resourcePeriod_us = 170_000;

/** A wait is cut so that what the instruments tell meanwhile is seen. */
const look_s = 0.1;

export interface Logs {
  readonly meter: string;
  readonly resources: string;
}

export class OpenInstruments implements Instruments {
  readonly power = new History<PowerLine>();
  readonly host = new History<HostSample>();
  readonly gpu = new History<GpuSample>();
  readonly resourcePeriod_us = resourcePeriod_us;
  readonly threads: number;
  readonly hasGpu: boolean;
  private readonly tail: LoggerTail;
  private runner: NodeRunner | null = null;
  private closed = false;
  private failure: Error | null = null;

  private constructor(
    private readonly settings: LiveSettings,
    private readonly logs: Logs,
    private readonly recorded: RecordedMeter | null,
    private logger: LoggerProcess,
    /** Said of the GPU's clocks: locked at so many MHz, or free. */
    readonly clocks: string,
  ) {
    this.threads = settings.machine.threads;
    this.hasGpu = settings.gpu !== null;
    this.tail = new LoggerTail(logs.resources, this.host, this.gpu);
    this.watch(logger);
    void this.listen();
  }

  /**
   * Opens meter and logger at once, so that what is wrong is told soon. `tell` hears what has to be waited for. Throws an
   * UnavailableError that says what is not there.
   */
  static async open(settings: LiveSettings, logs: Logs, tell: Tell = () => {}): Promise<OpenInstruments> {
    torchPython();
    const gpus = settings.gpu === null ? [] : [settings.gpu];
    const meter = settings.meter && new RecordedMeter(settings.meter, logs.meter);
    const logger = await startInstruments(meter, { log: logs.resources, gpus }, tell);
    try {
      return new OpenInstruments(settings, logs, meter, logger, await clocksOf(settings));
    } catch (error) {
      await endInstruments(meter, logger);
      throw error;
    }
  }

  get meter() {
    return this.recorded?.identity ?? null;
  }

  now_us(): number {
    return hostClock_us();
  }

  async wait(seconds: number): Promise<void> {
    const until_us = hostClock_us() + seconds * 1e6;
    for (;;) {
      const left_s = (until_us - hostClock_us()) / 1e6;
      await sleep(1e3 * Math.max(0, Math.min(look_s, left_s)));
      this.tail.look();
      if (this.failure) throw this.failure;
      if (left_s <= look_s) return;
    }
  }

  async gpuUsers(): Promise<readonly GpuUser[] | null> {
    if (!this.hasGpu) return [];
    this.tail.look();
    const own = this.tail.device?.uuid;
    try {
      const users = await gpuUsers();
      return users.filter(({ uuid, pid }) => (own === undefined || uuid === own) && pid !== this.runner?.hello.pid);
    } catch (error) {
      if (error instanceof UnavailableError) return null;
      throw error;
    }
  }

  ownCpu_us(): number {
    const { user, system } = process.cpuUsage();
    const pids = [this.logger.pid, this.recorded?.recorder ?? null, this.runner?.hello.pid ?? null];
    return pids.reduce<number>((sum, pid) => sum + (pid === null ? 0 : (processCpu_us(pid) ?? 0)), user + system);
  }

  async startRunner(): Promise<Runner> {
    const { gpu } = this.settings;
    const visible = gpu === null ? {} : { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpu };
    this.runner = await NodeRunner.start({ device: deviceOf(this.settings), environment: visible });
    return this.runner;
  }

  sync(): void {
    for (const file of [...(this.recorded ? [this.logs.meter] : []), this.logs.resources]) {
      const fd = openSync(file, 'r');
      fsyncSync(fd);
      closeSync(fd);
    }
  }

  /** Ends everything that was started. */
  async close(): Promise<void> {
    this.closed = true;
    this.runner?.kill();
    await this.recorded?.close();
    await this.logger.stop().catch(() => undefined);
    const { gpu, clocks } = this.settings;
    if (gpu !== null && clocks !== null) await freeClocks(gpu);
  }

  private async listen(): Promise<void> {
    if (!this.recorded) return;
    for await (const { mono_us, reading } of this.recorded.samples()) {
      const power_w = powerOf(reading);
      if (power_w !== null) this.power.push({ mono_us, seq: reading.seq, power_w, current_a: reading.current_a });
    }
  }

  /** A logger that was killed is started again on the same log; what it missed is a gap. */
  private watch(logger: LoggerProcess): void {
    void logger.gone.then(async () => {
      if (this.closed) return;
      const gpus = this.settings.gpu === null ? [] : [this.settings.gpu];
      try {
        this.logger = await LoggerProcess.start({ log: this.logs.resources, gpus });
        if (this.closed) await this.logger.stop();
        else this.watch(this.logger);
      } catch (error) {
        this.failure = error as Error;
      }
    });
  }
}

/** Locks the clocks where that is wanted; says what they are. */
async function clocksOf({ gpu, clocks }: LiveSettings): Promise<string> {
  if (gpu === null) return 'no GPU';
  if (clocks === null) return 'free';
  const reason = await lockClocks(gpu, clocks);
  return reason === null ? `locked at ${clocks} MHz` : `free: ${reason}`;
}
