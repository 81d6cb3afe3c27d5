/** A port with a meter behind it: a pseudo-terminal of socat, into which a test writes what the meter prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { goFirst } from '../../../../stages/energy/meters/go_first.js';

export class Pty {
  #socat: ChildProcess | null = null;
  /** Held open, or the terminal would end with its first reader. */
  #held = -1;
  #asked = Buffer.alloc(0);

  constructor(
    private readonly socat: string,
    readonly port: string,
  ) {}

  async plug(): Promise<void> {
    const socat = spawn(this.socat, [`PTY,link=${this.port},raw,echo=0`, 'STDIO'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#socat = socat;
    // A meter is no work of the machine's: it prints in time however busy that is.
    if (socat.pid !== undefined) goFirst(socat.pid);
    socat.stdin!.on('error', () => {});
    socat.stdout!.on('data', (bytes: Buffer) => (this.#asked = Buffer.concat([this.#asked, bytes])));
    await until(() => existsSync(this.port));
    this.#held = openSync(this.port, 'r+');
  }

  get pid(): number | undefined {
    return this.#socat?.pid;
  }

  print(text: string | Uint8Array): void {
    this.#socat?.stdin?.write(text);
  }

  /** What the meter was sent since it was last looked. */
  asked(): Buffer {
    const asked = this.#asked;
    this.#asked = Buffer.alloc(0);
    return asked;
  }

  async unplug(): Promise<void> {
    const socat = this.#socat;
    if (!socat) return;
    this.#socat = null;
    closeSync(this.#held);
    socat.kill('SIGTERM');
    await once(socat, 'exit');
  }
}

/** Waits until something holds; a test that waits for ever is ended by its runner. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
