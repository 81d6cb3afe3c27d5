/** A resource log of native/logger as rows of `resources`, with findings about all that was not as it should be. */
import { createReadStream } from 'node:fs';
import type { Table } from 'apache-arrow';
import { UnavailableError, UsageError } from '../../../../pipeline/errors.js';
import type { Finding } from '../../../../pipeline/findings.js';
import { loggerFindings } from './logger_checks.js';
import { type DeviceRecord, type LoggerRecord, parseLoggerLine, type RunRecord } from './logger_line.js';
import { LoggerSamples } from './logger_samples.js';

export interface LoggerLog {
  /** Rows of `resources` (profile/tables.ts), in order of time. */
  readonly resources: Table;
  /** The starts of the logger, all of one boot. */
  readonly runs: readonly RunRecord[];
  /** The GPU whose values the rows have; null where none was logged. */
  readonly device: DeviceRecord | null;
  readonly findings: readonly Finding[];
}

/** How a log begins: irene_logger.h's IRENE_LOGGER_BEGINS. */
const begins = '#irene-logger,1';

interface Line {
  /** The bytes as Latin-1 text, without the newline. */
  readonly text: string;
  /** False for a last line without a newline. */
  readonly whole: boolean;
}

async function* linesOf(file: string): AsyncGenerator<Line> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'latin1')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop()!;
    for (const text of lines) yield { text, whole: true };
  }
  if (rest !== '') yield { text: rest, whole: false };
}

const isUnreadable = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

/** Every line that is no header, with its record or null, and whether a killed logger left it so. */
async function* recordsOf(file: string): AsyncGenerator<{ record: LoggerRecord | null; torn: boolean }> {
  let damaged = false;
  let first = true;
  try {
    for await (const { text, whole } of linesOf(file)) {
      if (first && text !== begins)
        throw new UnavailableError(`${file}:1: expected ${begins}, the log of native/logger`);
      first = false;
      // A damaged line that another start follows was being written when the logger was killed.
      if (damaged) yield { record: null, torn: text === begins };
      damaged = false;
      if (text.startsWith('#')) continue;
      const record = whole ? parseLoggerLine(text) : null;
      if (record) yield { record, torn: false };
      else if (whole) damaged = true;
      else yield { record: null, torn: true };
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new UnavailableError(`${file}: cannot be read (${error.code})`, 'name the log that irene-logger writes');
  }
  if (first) throw new UnavailableError(`${file}: it is empty`);
  if (damaged) yield { record: null, torn: false };
}

const listed = (devices: readonly DeviceRecord[]): string =>
  devices.length === 0 ? 'none' : devices.map(({ gpu, uuid, name }) => `${gpu} (${uuid}, ${name})`).join(', ');

/** The GPU whose readings were taken. Throws where it is not there, or where it is not said which of several. */
function chosenDevice(file: string, samples: LoggerSamples, wanted: string | undefined): DeviceRecord | null {
  const { chosen, devices } = samples;
  if (wanted !== undefined && chosen.length === 0) {
    throw new UnavailableError(`${file}: GPU ${wanted} was not logged; found: ${listed(devices)}`);
  }
  if (chosen.length > 1) {
    throw new UsageError(`${file}: several GPUs were logged: say which by UUID; found: ${listed(devices)}`);
  }
  return chosen[0] ?? null;
}

function checkBoots(file: string, runs: readonly RunRecord[]): void {
  if (runs.length === 0) throw new UnavailableError(`${file}: it has no start: nothing says what its lines are`);
  if (new Set(runs.map(({ boot_id }) => boot_id)).size > 1) {
    throw new UnavailableError(`${file}: it holds several boots, whose clocks do not compare: one file a boot`);
  }
}

/**
 * Reads a log, finished or still being written. `gpu` is an index or UUID, needed where several were logged. Damaged
 * lines are counted and never used. Throws an UnavailableError where the file is no such log or lacks that GPU.
 */
export async function readLoggerLog(file: string, gpu?: string): Promise<LoggerLog> {
  const samples = new LoggerSamples(gpu);
  let damaged = 0;
  let torn = 0;
  for await (const { record, torn: isTorn } of recordsOf(file)) {
    if (isTorn) torn++;
    else if (!record || !samples.add(record)) damaged++;
  }
  const { runs } = samples;
  checkBoots(file, runs);
  const device = chosenDevice(file, samples, gpu);
  const findings = loggerFindings(file, samples.quality(damaged, torn));
  return { resources: samples.table(), runs, device, findings };
}
