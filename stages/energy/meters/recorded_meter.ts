/** A live meter: a recorder in a process of its own, started again should it die. Its log is the measurement. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UnavailableError } from '../../../pipeline/errors.js';
import { hostClock_us } from './host_clock.js';
import type { Counts } from './line_reader.js';
import type { Identity, Meter, MeterEvent, Sample } from './meter.js';
import { readMeterLog } from './read_meter_log.js';
import type { Message, Order } from './recorder.js';
import { identityOf, type MeterSettings } from './settings.js';

const program = fileURLToPath(new URL('./recorder.js', import.meta.url));

/** Before a recorder that died is started again. */
const restart_ms = 100;

/** Who waits for the first reading. */
interface First {
  readonly open: () => void;
  readonly waits: (text: string) => void;
  readonly failed: (error: Error) => void;
}

export class RecordedMeter implements Meter {
  readonly identity: Identity;
  readonly events: MeterEvent[] = [];
  readonly #order: Order;
  readonly #queues = new Set<SampleQueue>();
  #recorder: ChildProcess | null = null;
  #restarting: NodeJS.Timeout | undefined;
  #closed = false;

  /** `log` is the path of its log; what is there already stays. */
  constructor(settings: MeterSettings, log: string) {
    this.identity = identityOf(settings);
    this.#order = { settings, log };
  }

  /** The process that reads the port; null while there is none. */
  get recorder(): number | null {
    return this.#recorder?.pid ?? null;
  }

  open(tell: (text: string) => void = () => {}): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#record({
        open: resolve,
        waits: tell,
        failed: (error) => {
          this.#closed = true;
          reject(error);
        },
      });
    });
  }

  samples(): AsyncIterable<Sample> {
    const queue = new SampleQueue(() => this.#queues.delete(queue));
    if (this.#closed) queue.end();
    else this.#queues.add(queue);
    return queue;
  }

  async close(): Promise<Counts> {
    this.#closed = true;
    clearTimeout(this.#restarting);
    const recorder = this.#recorder;
    if (recorder) {
      const ended = new Promise((resolve) => recorder.once('exit', resolve));
      if (recorder.connected) recorder.disconnect();
      await ended;
    }
    for (const queue of this.#queues) queue.end();
    return (await readMeterLog(this.#order.log, this.#order.settings.type)).counts;
  }

  #record(first?: First): void {
    // A session of its own: Ctrl-C does not reach it, and its priority is its own.
    const recorder = fork(program, { execArgv: [], detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let failed = false;
    this.#recorder = recorder;
    recorder.on('message', (message: Message) => {
      if (message.kind === 'samples') for (const queue of this.#queues) queue.push(message.samples);
      if (message.kind === 'event') this.events.push(message.event);
      if (message.kind === 'open') first?.open();
      if (message.kind === 'waits') first?.waits(message.text);
      if (message.kind !== 'failed') return;
      failed = true;
      const { message: text, hint, expected } = message;
      first?.failed(expected ? new UnavailableError(text, hint) : new Error(text));
    });
    recorder.on('exit', (code, signal) => {
      this.#recorder = null;
      if (this.#closed) return;
      const how = signal ?? `code ${code}`;
      if (first && !failed) first.failed(new UnavailableError(`the recorder of the meter ended with ${how}`));
      if (!failed) this.#tell(`the recorder died (${how}) and is started again`);
      this.#restarting = setTimeout(() => this.#record(), restart_ms);
    });
    recorder.send(this.#order, () => {});
  }

  #tell(text: string): void {
    this.events.push({ mono_us: hostClock_us(), text });
  }
}

/** Samples that came and were not yet asked for. */
class SampleQueue implements AsyncIterable<Sample> {
  #waiting: Sample[] = [];
  #ended = false;
  #wake: () => void = () => {};

  constructor(private readonly done: () => void) {}

  push(samples: readonly Sample[]): void {
    this.#waiting.push(...samples);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Sample> {
    try {
      for (;;) {
        yield* this.#waiting.splice(0);
        if (this.#waiting.length > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.done();
    }
  }
}
