/** Files from anybody that are read whole: one that does not end, or is larger than anything sensible, is refused. */
import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from './errors.js';

const blockBytes = 1 << 16;

/**
 * The bytes of a file of at most so many MiB. Throws a UsageError where it is larger, what the system says where it cannot
 * be read. A size is not asked for: a pipe tells none, and a device that never ends tells 0.
 */
export function readBounded(file: string, most_mib: number): Buffer {
  const most = most_mib * 2 ** 20;
  const blocks: Buffer[] = [];
  let length = 0;
  const fd = openSync(file, 'r');
  try {
    for (;;) {
      const block = Buffer.allocUnsafe(blockBytes);
      const read = readSync(fd, block);
      if (read === 0) return Buffer.concat(blocks, length);
      blocks.push(block.subarray(0, read));
      length += read;
      if (length > most) throw new UsageError(`${file}: it is larger than ${most_mib} MiB, which no such file is`);
    }
  } finally {
    closeSync(fd);
  }
}
