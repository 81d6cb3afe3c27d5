/**
 * The process that reads a meter and does nothing else, so that no other work delays a stamp. Its parent sends what to
 * record and gets samples and events; when the parent is gone it closes the log and ends.
 */
import { getPriority } from 'node:os';
import { PipelineError } from '../../../pipeline/errors.js';
import { goFirst } from './go_first.js';
import { bootId } from './host_clock.js';
import { LogFile } from './log_file.js';
import type { MeterEvent, Sample } from './meter.js';
import { headerLine } from './meter_log.js';
import { connectMeter, Recording } from './recording.js';
import type { MeterSettings } from './settings.js';

export interface Order {
  readonly settings: MeterSettings;
  /** Where its log is, or will be. */
  readonly log: string;
}

/** What the recorder tells its parent. */
export type Message =
  | { readonly kind: 'open' }
  | { readonly kind: 'waits'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string; readonly hint?: string; readonly expected: boolean }
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'event'; readonly event: MeterEvent };

const tell = (message: Message): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

async function record({ settings, log: path }: Order): Promise<void> {
  goFirst(process.pid);
  const log = new LogFile(path);
  log.append(headerLine({ settings, boot_id: bootId(), nice: getPriority() }));
  const recording = new Recording(settings, () => connectMeter(settings), log, {
    samples: (samples) => tell({ kind: 'samples', samples }),
    event: (event) => tell({ kind: 'event', event }),
    waits: (text) => tell({ kind: 'waits', text }),
  });
  const end = async (): Promise<void> => {
    await recording.stop();
    log.close();
    process.exit();
  };
  process.on('disconnect', () => void end());
  process.on('SIGTERM', () => void end());
  try {
    await recording.start();
    tell({ kind: 'open' });
  } catch (error) {
    const { message, hint } = error as PipelineError;
    tell({ kind: 'failed', message, hint, expected: error instanceof PipelineError });
    process.disconnect();
  }
}

process.once('message', (order: Order) => void record(order));
