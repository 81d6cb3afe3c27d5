/** The resource logger: is it built, does it sample, and what does NVML tell it of each GPU? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../../../pipeline/errors.js';
import type { DeviceRecord, GpuRecord, HostRecord, LoggerRecord } from '../../energy/benches/live/logger_line.js';
import { LoggerProcess, loggerProgram, recordsIn } from '../../energy/benches/live/logger_process.js';
import { noGpu, readingItem } from './gpus.js';
import { type Item, notOk, ok } from './item.js';

type Tell = (text: string) => void;

const ofKind = <Kind extends LoggerRecord['kind']>(records: readonly LoggerRecord[], kind: Kind) =>
  records.filter((record) => record.kind === kind) as Extract<LoggerRecord, { kind: Kind }>[];

/** A slow driver's first reading is waited for so long, ms. */
const patience_ms = 2000;

/** The records of a log as soon as every GPU of it was read. */
async function sampled(log: string): Promise<LoggerRecord[]> {
  for (let waited_ms = 0; ; waited_ms += 50) {
    const records = await recordsIn(log);
    const read = new Set(ofKind(records, 'gpu').map(({ gpu }) => gpu));
    if (read.size >= ofKind(records, 'device').length || waited_ms >= patience_ms) return records;
    await sleep(50);
  }
}

async function records(gpus: readonly string[], tell?: Tell): Promise<LoggerRecord[]> {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const log = join(folder, 'resources.log');
  try {
    const logger = await LoggerProcess.start({ log, gpus, tell });
    const found = await sampled(log);
    await logger.stop();
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What to do where there is none. */
const without =
  'install NVIDIA’s driver. A bench without one measures at the wall, and is described so: pipeline doctor CONFIG';

function problem(subject: string, error: unknown, remedy: string): Item {
  if (!(error instanceof PipelineError)) throw error;
  return notOk(subject, error.message, error.hint ?? remedy);
}

function memoryItem([sample]: readonly HostRecord[]): Item {
  const gib = (sample.mem_total_kib ?? NaN) / 2 ** 20;
  return ok('logger', `${loggerProgram()}; samples, ${gib.toFixed(1)} GiB of memory`);
}

const gpuItems = (devices: readonly DeviceRecord[], readings: readonly GpuRecord[]): Item[] =>
  devices.map((device) =>
    readingItem(
      device,
      readings.find(({ gpu }) => gpu === device.gpu),
    ),
  );

/**
 * The logger without GPUs first: whether it works must not hang on a driver. `gpu` null: the bench has none on purpose;
 * not given: all are looked at. `tell` hears of a driver that is slow.
 */
export async function logger(tell?: Tell, gpu?: string | null): Promise<Item[]> {
  let own: Item;
  try {
    own = memoryItem(ofKind(await records([]), 'host'));
  } catch (error) {
    return [problem('logger', error, 'see native/logger/README.md')];
  }
  if (gpu === null) return [own, noGpu];
  try {
    const found = await records([gpu ?? 'all'], tell);
    const items = gpuItems(ofKind(found, 'device'), ofKind(found, 'gpu'));
    return [own, ...(items.length > 0 ? items : [notOk('GPU', 'no NVIDIA GPU', without)])];
  } catch (error) {
    return [own, problem('GPU', error, without)];
  }
}
