/**
 * The two streams: results go to stdout, talk goes to stderr. Colour and motion only where stderr is a terminal, and
 * not with NO_COLOR or TERM=dumb.
 */
import pc from 'picocolors';
import { printable } from './printable.js';

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Where a program writes to: the process, or what a test reads afterwards. */
export interface Streams {
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
}

export class Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  /** A line that is written over may be shown. */
  readonly moves: boolean;
  readonly style: ReturnType<typeof pc.createColors>;
  private transient = false;

  constructor(
    { json, quiet }: TerminalOptions,
    private readonly streams: Streams = process,
  ) {
    this.json = json;
    this.quiet = quiet;
    const dumb = process.env.TERM === 'dumb';
    this.moves = Boolean(this.streams.stderr.isTTY) && !dumb && !quiet;
    const plain = Boolean(process.env.NO_COLOR) || dumb || !this.streams.stderr.isTTY;
    this.style = pc.createColors(!plain);
  }

  /** A line for people; silent with --quiet. */
  say(text: string): void {
    if (this.quiet) return;
    this.clear();
    this.streams.stderr.write(`${printable(text)}\n`);
  }

  /** Said even with --quiet. */
  warn(text: string): void {
    this.clear();
    this.streams.stderr.write(`${this.style.yellow('warning:')} ${printable(text)}\n`);
  }

  /** A line that the next one replaces; only on a terminal. */
  status(text: string): void {
    if (!this.moves) return;
    const width = (this.streams.stderr.columns || 80) - 1;
    this.streams.stderr.write(`\r\x1b[2K${printable(text.slice(0, width))}`);
    this.transient = true;
  }

  private clear(): void {
    if (this.transient) this.streams.stderr.write('\r\x1b[2K');
    this.transient = false;
  }

  /** The result for people; nothing with --json, which prints one document instead. */
  print(text: string): void {
    if (!this.json) this.streams.stdout.write(printable(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** The result for people of a command whose stdout is that of a program it runs: on stderr. */
  printBeside(text: string): void {
    if (this.json) return;
    this.clear();
    this.streams.stderr.write(`${printable(text)}\n`);
  }

  /** The result for programs: one document. */
  document(value: unknown): void {
    if (this.json) this.streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** True where a person reads the result as it comes. */
  get isRead(): boolean {
    return Boolean(this.streams.stdout.isTTY);
  }

  /** Raw output, for formats of their own; ends when it has been taken. */
  write(content: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.streams.stdout.write(content, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Rows in aligned columns; numbers to the right. */
export function alignColumns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: columns }, (_, i) =>
    rows.reduce((widest, row) => Math.max(widest, (row[i] ?? '').length), 0),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `4.2 s`, `3 min 20 s`, `1 h 05 min`. */
export function readableDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `532 B`, `23 KiB`, `1.4 GiB`. */
export function readableBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
