/** Reads a meter's log by the grammar that read the port: the same lines, the same refusals. */
import { UnavailableError } from '../../../pipeline/errors.js';
import { isOwnCode } from '../../../pipeline/own_code.js';
import { type Counts, LineReader } from './line_reader.js';
import type { MeterEvent, Sample } from './meter.js';
import { type LoggedHeader, readEntry, readHeader } from './meter_log.js';
import { meterTypeOf } from './own.js';
import { linesOf } from './read_log.js';

export interface MeterLog {
  /** One a recording: a log that was taken up again has several. */
  readonly headers: readonly LoggedHeader[];
  readonly samples: readonly Sample[];
  readonly events: readonly MeterEvent[];
  /** Of lines that were whole when they came; `damaged` has those too that the log itself lost: torn, or another than was written. */
  readonly counts: Counts;
}

const torn = 'a torn or damaged line of the log';

/**
 * Throws an UnavailableError where the file is no log of a meter, or of one that is not known here. A log may come from
 * anybody: code that it names as its meter is loaded only where that is `code`, which a configuration or a command names.
 */
export async function readMeterLog(path: string, code: string | null = null): Promise<MeterLog> {
  const headers: LoggedHeader[] = [];
  const samples: Sample[] = [];
  const events: MeterEvent[] = [];
  const counts: Counts = { readings: 0, other: 0, damaged: 0, repeated: 0, missing: 0, restarted: 0, reasons: new Map() }; // prettier-ignore
  let reader: LineReader | null = null;
  for await (const line of linesOf(path)) {
    const header = readHeader(line);
    if (header) {
      if (reader) add(counts, reader.counts);
      reader = readerOf(header, path, code);
      headers.push(header);
      continue;
    }
    const last = headers.at(-1);
    if (!reader || !last)
      throw new UnavailableError(`${path}:1: this is no log of a meter: its first line tells no settings`);
    const entry = readEntry(line, last.version);
    if (!entry) {
      if (line !== '') refuse(counts, torn);
      continue;
    }
    const { mono_us, utc_us, mark, text } = entry;
    if (mark === '!') events.push({ mono_us, text });
    const read = mark === '=' ? reader.read(text) : null;
    if (read?.kind === 'reading') samples.push({ mono_us, utc_us, reading: read.reading });
  }
  if (reader) add(counts, reader.counts);
  return { headers, samples, events, counts };
}

function readerOf({ settings }: LoggedHeader, path: string, code: string | null): LineReader {
  const named = settings.type;
  if (isOwnCode(named) && named !== code) {
    throw new UnavailableError(
      `${path}: it names ${named} as the code that reads it; a log's word is not enough to run code`,
      'name it as meter.type in a configuration, and measure or read the log by that',
    );
  }
  const type = meterTypeOf(named);
  if (!type) throw new UnavailableError(`${path}: a log of a meter "${named}" that is not known here`);
  try {
    return new LineReader(type.grammar(settings as never), type.limits);
  } catch (error) {
    throw new UnavailableError(`${path}: its first line has settings that no ${named} has`, undefined, {
      cause: error,
    });
  }
}

function refuse(counts: Counts, reason: string, times = 1): void {
  counts.damaged += times;
  counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + times);
}

function add(to: Counts, from: Counts): void {
  for (const name of ['readings', 'other', 'repeated', 'missing', 'restarted'] as const) to[name] += from[name];
  for (const [reason, times] of from.reasons) refuse(to, reason, times);
}
