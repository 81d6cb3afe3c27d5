/**
 * The two streams: results go to stdout, talk goes to stderr. Colour and motion only where stderr is a terminal, and
 * not with NO_COLOR or TERM=dumb.
 */
import pc from 'picocolors';

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export class Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  /** A line that is written over may be shown. */
  readonly moves: boolean;
  readonly style: ReturnType<typeof pc.createColors>;
  private transient = false;

  constructor({ json, quiet }: TerminalOptions) {
    this.json = json;
    this.quiet = quiet;
    const dumb = process.env.TERM === 'dumb';
    this.moves = Boolean(process.stderr.isTTY) && !dumb && !quiet;
    const plain = Boolean(process.env.NO_COLOR) || dumb || !process.stderr.isTTY;
    this.style = pc.createColors(!plain);
  }

  /** A line for people; silent with --quiet. */
  say(text: string): void {
    if (this.quiet) return;
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  /** Said even with --quiet. */
  warn(text: string): void {
    this.clear();
    process.stderr.write(`${this.style.yellow('warning:')} ${text}\n`);
  }

  /** A line that the next one replaces; only on a terminal. */
  status(text: string): void {
    if (!this.moves) return;
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\x1b[2K${text.length > width ? text.slice(0, width) : text}`);
    this.transient = true;
  }

  private clear(): void {
    if (this.transient) process.stderr.write('\r\x1b[2K');
    this.transient = false;
  }

  /** The result for people; nothing with --json, which prints one document instead. */
  print(text: string): void {
    if (!this.json) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** The result for programs: one document. */
  document(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Raw output, for formats of their own. */
  write(content: string | Uint8Array): void {
    process.stdout.write(content);
  }
}

/** Rows in aligned columns; numbers to the right. */
export function alignColumns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...rows.map((row) => (row[i] ?? '').length)));
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
