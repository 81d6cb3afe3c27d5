/** A log that is appended to: what was written stays, whoever dies. */
import { closeSync, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** The kernel has what was written; a power cut may take this much of it. */
const sync_ms = 1000;

export class LogFile {
  readonly #fd: number;
  readonly #timer: NodeJS.Timeout;
  #unsynced = false;

  /** Opens or makes the file. A line that a dying writer left without an end gets one, and stands alone. */
  constructor(path: string) {
    this.#fd = openSync(path, 'a+');
    const { size } = fstatSync(this.#fd);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(this.#fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) this.append('\n');
    this.#timer = setInterval(() => this.#sync(), sync_ms);
    this.#timer.unref();
  }

  /** One write a call, so that a kill leaves whole lines or none of them. */
  append(lines: string): void {
    const bytes = Buffer.from(lines);
    for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written);
    this.#unsynced = true;
  }

  close(): void {
    clearInterval(this.#timer);
    closeSync(this.#fd);
  }

  /** Not awaited: a slow disk must not delay a stamp. */
  #sync(): void {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    fdatasync(this.#fd, () => {});
  }
}
