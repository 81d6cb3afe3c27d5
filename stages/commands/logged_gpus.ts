/** Which GPUs are logged: those that are named, else all that there are, and none on a machine without. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnavailableError } from '../../pipeline/errors.js';
import type { DeviceRecord } from '../energy/benches/live/logger_line.js';
import { DriverHangs, LoggerProcess, loggerProgram, recordsIn } from '../energy/benches/live/logger_process.js';

/**
 * Asks the logger. `named` are indices or UUIDs; `tell` hears that a driver is slow. Throws an UnavailableError where one
 * of them is not there, the logger is not built, or a driver hangs; a machine without GPU or driver has none.
 */
export async function loggedGpus(named?: readonly string[], tell?: (text: string) => void): Promise<DeviceRecord[]> {
  loggerProgram();
  const own = mkdtempSync(join(tmpdir(), 'gpus-'));
  const log = join(own, 'resources.log');
  try {
    const logger = await LoggerProcess.start({ log, gpus: named ?? ['all'], tell });
    await logger.stop();
    return (await recordsIn(log)).filter((record) => record.kind === 'device');
  } catch (error) {
    if (named === undefined && error instanceof UnavailableError && !(error instanceof DriverHangs)) return [];
    throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
