/** Reads a power log of any form into rows of `power`, and says what was refused. */
import { UnavailableError } from '../../../../pipeline/errors.js';
import type { Finding } from '../../../../pipeline/findings.js';
import type { Counts } from '../../meters/line_reader.js';
import { logFormats } from '../../meters/log_formats.js';
import type { Identity } from '../../meters/meter.js';
import { readLog } from '../../meters/read_log.js';
import { readMeterLog } from '../../meters/read_meter_log.js';
import type { Reading } from '../../meters/reading.js';
import { identityOf, identityOfLog } from '../../meters/settings.js';
import { type LogsSettings, ownLog } from './settings.js';

export interface PowerLine {
  /** Its end on the clock that stamped it, UTC. */
  readonly at_us: number;
  readonly reading: Reading;
}

export interface PowerLog {
  /** In the order of the file. */
  readonly lines: readonly PowerLine[];
  readonly counts: Counts;
  readonly identity: Identity;
}

/** Throws a UsageError where more must be said of the file, an UnavailableError where it holds no reading. */
export async function readPower({ power }: LogsSettings): Promise<PowerLog> {
  if (power.format === ownLog) {
    const { samples, counts, headers } = await readMeterLog(power.file);
    if (headers.length === 0) throw new UnavailableError(`${power.file}: this is no log of a meter: it is empty`);
    const lines = samples.map(({ utc_us, reading }) => ({ at_us: utc_us, reading }));
    return { lines, counts, identity: identityOf(headers[0].settings) };
  }
  const format = logFormats[power.format];
  const { readings, counts } = await readLog(format, power, power.file);
  const lines = readings.map((reading) => ({ at_us: reading.utc_us, reading }));
  const interval_us = medianInterval_us(lines.map(({ at_us }) => at_us));
  return { lines, counts, identity: identityOfLog(power, interval_us) };
}

/** Median distance of different stamps; 1 s where there are not two. */
export function medianInterval_us(at_us: readonly number[]): number {
  const sorted = [...new Set(at_us)].sort((a, b) => a - b);
  const intervals = sorted.slice(1).map((at, i) => at - sorted[i]);
  return intervals.sort((a, b) => a - b)[intervals.length >> 1] ?? 1e6;
}

/** Lines that were refused are told, by reason. */
export function refusedLines(log: string, file: string, counts: Counts): Finding[] {
  return [...counts.reasons].map(([reason, times]) => ({
    check_id: 'refused_lines',
    severity: 'warn',
    subject: file,
    value: times,
    limit: null,
    source: "the grammar of the log's format",
    message: `${log}: ${times} of ${counts.readings + counts.damaged} lines refused: ${reason}`,
  }));
}
