/**
 * Keeps a meter's log: connects, stamps every line on arrival, and when the meter is unplugged, silent or talks nonsense
 * writes that down and connects again. Once it has begun nothing ends it but stop().
 *
 *     start ─▶ connected ─▶ first reading (start returns) ─▶ … ─▶ stop
 *                 ▲  │ ended, or no reading for long
 *                 │  ▼
 *               waiting 0.1 s, 0.2 s, … 1 s
 */
import { PipelineError, UnavailableError } from '../../../pipeline/errors.js';
import type { Connection } from './connection.js';
import { FirstImpression } from './dialect.js';
import { firstWait, least_us, leastLooks, waitsFor } from './first_wait.js';
import type { Piece } from './framer.js';
import { hostClock_us, utc_us } from './host_clock.js';
import { LineReader } from './line_reader.js';
import type { LogFile } from './log_file.js';
import type { MeterEvent, MeterType, Sample } from './meter.js';
import { entryLine, type Mark } from './meter_log.js';
import { type MeterSettings, period_us, typeOf } from './settings.js';

/** A silence is longer than so many intervals: two lines lost in a row are none (CHECKS 4). */
const silentPeriods = 3.5;
/** After so many intervals, and so long, without a reading the port is opened anew: adapters hang. */
const hungPeriods = 10;
const hung_us = 5e6;
/** Lines of another kind are looked at for so long after the first byte. */
const dialect_us = 1e6;
/** How often it is looked whether readings still come: twice an interval, but not so often that it costs. */
const leastLook_ms = 20;
/** Before connecting again; doubled up to the most. */
const leastWait_ms = 100;
const mostWait_ms = 1000;

export interface Listener {
  readonly samples: (samples: readonly Sample[]) => void;
  readonly event: (event: MeterEvent) => void;
  /** Told once where the first reading takes long. */
  readonly waits: (text: string) => void;
}

export class Recording {
  readonly #type: MeterType;
  readonly #period_us: number;
  readonly #reader: LineReader;
  #connection: Connection | null = null;
  #stopped = false;
  #waiting: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #lastReading_us = 0;
  #connected_us = 0;
  #silent = false;
  #onFirst: (() => void) | null = null;
  #first: FirstImpression | null = null;

  /** `connect` opens the meter's port; it throws an UnavailableError where it cannot. */
  constructor(
    private readonly settings: MeterSettings,
    private readonly connect: () => Promise<Connection>,
    private readonly log: LogFile,
    private readonly listener: Listener,
  ) {
    this.#type = typeOf(settings);
    this.#period_us = period_us(settings);
    this.#reader = new LineReader(this.#type.grammar(settings as never), this.#type.limits);
  }

  get counts() {
    return this.#reader.counts;
  }

  /** Resolves with the first good reading; throws an UnavailableError, and ends, where there is none. */
  async start(): Promise<void> {
    this.#first = new FirstImpression(this.settings);
    try {
      this.#listen(await this.connect());
      await this.#firstReading(this.#first);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#first = null;
    this.#watch = setInterval(() => this.#look(), Math.max(leastLook_ms, this.#period_us / 2000));
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#watch);
    clearTimeout(this.#waiting);
    await this.#connection?.close();
    this.#event('closed');
  }

  #firstReading(first: FirstImpression): Promise<void> {
    const opened_us = hostClock_us();
    const wait = firstWait(this.settings);
    let firstByte_us = 0;
    let told = wait.why === null;
    let looks = 0;
    return new Promise((resolve, reject) => {
      const timer = setInterval(() => {
        const now_us = hostClock_us();
        const [since_us, sinceByte_us] = [now_us - opened_us, firstByte_us === 0 ? 0 : now_us - firstByte_us];
        if (!first.silent && firstByte_us === 0) firstByte_us = now_us;
        if (!told && since_us >= least_us) told = (this.listener.waits(waitsFor(this.settings, wait)), true);
        const heard = first.foreign || (sinceByte_us >= dialect_us && first.hopeless);
        const waited = first.silent ? ++looks >= leastLooks && since_us >= wait.byte_us : since_us >= wait.reading_us && sinceByte_us >= wait.fromByte_us; // prettier-ignore
        if (!heard && !waited && !this.#stopped && this.#connection) return;
        clearInterval(timer);
        reject(first.problem(this.#baud, since_us));
      }, 20);
      this.#onFirst = () => {
        clearInterval(timer);
        resolve();
      };
    });
  }

  get #baud(): number | null {
    return this.settings.baud ?? this.#type.baud;
  }

  #listen(connection: Connection): void {
    const framer = this.#type.framer();
    const take = (pieces: readonly Piece[], at_us: number, at_utc_us: number): void => {
      const samples = pieces.flatMap((piece) => this.#piece(piece, at_us, at_utc_us));
      if (samples.length > 0) this.#heard(samples);
    };
    const asking = this.#ask(connection, () => take(framer.flush(), hostClock_us(), utc_us()));
    connection.onData((bytes) => {
      const [at_us, at_utc_us] = [hostClock_us(), utc_us()];
      this.#first?.bytes(bytes.length);
      take(framer.push(bytes), at_us, at_utc_us);
    });
    connection.onEnd((reason) => {
      clearInterval(asking);
      take(framer.flush(), hostClock_us(), utc_us());
      this.#connection = null;
      this.#event(`the port is gone: ${reason}`);
      this.#reconnect(leastWait_ms);
    });
    this.#connection = connection;
    this.#connected_us = hostClock_us();
    this.#event('connected');
  }

  /** Asks a meter that does not print by itself, every period. */
  #ask(connection: Connection, flush: () => void): NodeJS.Timeout | undefined {
    const bytes = this.#type.request?.(this.settings as never);
    if (!bytes) return undefined;
    connection.send(bytes);
    const timer = setInterval(() => {
      if (this.#stopped || this.#connection !== connection) return clearInterval(timer);
      flush();
      connection.send(bytes);
    }, this.#period_us / 1000);
    return timer;
  }

  /** Logs a piece; gives its sample, if it is a good reading. */
  #piece(piece: Piece, mono_us: number, utc_us: number): Sample[] {
    this.#write(piece.whole ? '=' : '~', piece.text, mono_us, utc_us);
    const line = piece.whole ? this.#reader.read(piece.text) : null;
    this.#first?.piece(piece, line?.kind ?? 'damaged');
    return line?.kind === 'reading' ? [{ mono_us, utc_us, reading: line.reading }] : [];
  }

  #heard(samples: readonly Sample[]): void {
    const { mono_us } = samples[0];
    if (this.#silent) this.#event(`readings again after ${seconds(mono_us - this.#lastReading_us)}`);
    this.#silent = false;
    this.#lastReading_us = mono_us;
    this.#onFirst?.();
    this.#onFirst = null;
    this.listener.samples(samples);
  }

  /** Looks whether the meter still tells something. */
  #look(): void {
    const now_us = hostClock_us();
    const since_us = now_us - this.#lastReading_us;
    if (!this.#silent && since_us > silentPeriods * this.#period_us) {
      this.#silent = true;
      this.#event(`no reading for ${seconds(since_us)}`);
    }
    const patience_us = Math.max(hung_us, hungPeriods * this.#period_us);
    if (this.#connection && Math.min(since_us, now_us - this.#connected_us) > patience_us) {
      const connection = this.#connection;
      this.#connection = null;
      this.#event(`no reading for ${seconds(since_us)}: the port is opened anew`);
      void connection.close().then(() => this.#reconnect(0));
    }
  }

  #reconnect(wait_ms: number): void {
    if (this.#stopped || this.#first) return;
    this.#waiting = setTimeout(() => {
      this.connect().then(
        (connection) => (this.#stopped ? void connection.close() : this.#listen(connection)),
        (error: unknown) => {
          if (!(error instanceof PipelineError)) throw error;
          if (wait_ms <= leastWait_ms) this.#event(`not connected: ${error.message}`);
          this.#reconnect(Math.min(mostWait_ms, Math.max(leastWait_ms, 2 * wait_ms)));
        },
      );
    }, wait_ms);
  }

  #event(text: string): void {
    const event = { mono_us: hostClock_us(), text };
    this.#write('!', text, event.mono_us, utc_us());
    this.listener.event(event);
  }

  #write(mark: Mark, text: string, mono_us: number, utc_us: number): void {
    this.log.append(entryLine({ mono_us, utc_us, mark, text }));
  }
}

const seconds = (us: number): string => `${(us / 1e6).toFixed(2)} s`;

/** Opens a meter's connection: its own, or the port. */
export async function connectMeter(settings: MeterSettings): Promise<Connection> {
  const type = typeOf(settings);
  if (type.connect) return type.connect(settings as never, period_us(settings));
  const baud = settings.baud ?? type.baud;
  if (settings.port === undefined || baud === null) throw new UnavailableError(`a meter of type ${type.name} needs a port`); // prettier-ignore
  const { openSerialPort } = await import('./serial_port.js');
  return openSerialPort(settings.port, baud);
}
