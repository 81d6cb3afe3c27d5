/** Starts power meter and resource logger at once, and ends both: neither is left alone where the other cannot be had. */
import type { RecordedMeter } from '../../meters/recorded_meter.js';
import { type LoggerOptions, LoggerProcess } from './logger_process.js';
import { startTogether, type Tell } from './start_together.js';

/** What went wrong before is what is told. */
export async function endInstruments(meter: RecordedMeter | null, logger: LoggerProcess | null): Promise<void> {
  await meter?.close().catch(() => undefined);
  await logger?.stop().catch(() => undefined);
}

/**
 * The logger, when both give their first sample; `tell` hears what has to be waited for. Throws what they say where one
 * cannot be had; then neither runs.
 */
export async function startInstruments(
  meter: RecordedMeter | null,
  options: Pick<LoggerOptions, 'log' | 'gpus'>,
  tell: Tell,
): Promise<LoggerProcess> {
  const ending = new AbortController();
  const begun: { logger: LoggerProcess | null } = { logger: null };
  const openMeter = async (tell: Tell): Promise<void> => meter?.open(tell);
  const startLogger = async (tell: Tell): Promise<LoggerProcess> =>
    (begun.logger = await LoggerProcess.start({ ...options, tell, signal: ending.signal }));
  try {
    const [, logger] = await startTogether([openMeter, startLogger], tell);
    return logger;
  } catch (error) {
    ending.abort();
    await endInstruments(meter, begun.logger);
    throw error;
  }
}
