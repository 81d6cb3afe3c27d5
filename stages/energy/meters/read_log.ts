/** Reads other people's power logs through the same checks as a port's lines. */
import { createReadStream } from 'node:fs';
import { UnavailableError } from '../../../pipeline/errors.js';
import { type Counts, LineReader } from './line_reader.js';
import type { LogFormat } from './log_format.js';
import type { Reading } from './reading.js';

/** A reading of a log: it tells its time. */
export type StampedReading = Reading & { readonly utc_us: number };

/** No log has longer lines: what does is no text, and would fill the memory. */
const longestLine = 2 ** 20;

/** At the beginning of a file, where `rest` is the mark itself, a byte order mark is no text. */
const withoutMark = (rest: string, chunk: string): string => (rest === '\uFEFF' ? chunk.replace(/^\uFEFF/, '') : rest + chunk); // prettier-ignore

/** Every line of a text file in order. Throws an UnavailableError where there is none. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8');
  try {
    let rest = '\uFEFF';
    for await (const chunk of input as AsyncIterable<string>) {
      const lines = withoutMark(rest, chunk).split('\n');
      rest = lines.pop()!;
      if (rest.length > longestLine) throw new UnavailableError(`${file}: a line of more than ${longestLine / 2 ** 20} MiB: this is no log`); // prettier-ignore
      for (const line of lines) yield line.replace(/\r$/, '');
    }
    if (rest !== '' && rest !== '\uFEFF') yield rest.replace(/\r$/, '');
  } catch (error) {
    input.destroy();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UnavailableError(`${file}: there is no such file`);
    if (code === 'EISDIR') throw new UnavailableError(`${file} is a folder: expected a file`);
    if (code === 'EACCES') throw new UnavailableError(`${file} may not be read`);
    throw error;
  }
}

/**
 * The readings of a log in the order of the file. Throws a UsageError where the file needs more to be said of it, an
 * UnavailableError where it holds no reading at all.
 */
export async function readLog(
  format: LogFormat,
  options: object,
  file: string,
): Promise<{ readings: StampedReading[]; counts: Counts }> {
  const reader = new LineReader(format.grammar(options as never, file), format.limits);
  const readings: StampedReading[] = [];
  for await (const text of linesOf(file)) {
    if (text.trim() === '') continue;
    const line = reader.read(text);
    if (line.kind === 'reading') readings.push(line.reading as StampedReading);
  }
  if (readings.length === 0) throw nothingRead(format, file, reader.counts);
  return { readings, counts: reader.counts };
}

function nothingRead({ name, example }: LogFormat, file: string, { damaged, reasons }: Counts): UnavailableError {
  const [first] = reasons.keys();
  const why = first === undefined ? 'it holds no line of a reading' : `${damaged} lines refused, the first: ${first}`;
  return new UnavailableError(`${file}: no reading of format ${name}: ${why}`, `its lines should look like ${example}`);
}
