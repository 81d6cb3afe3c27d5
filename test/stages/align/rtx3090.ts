/** One load step on an RTX 3090, seen by its supply rails and by nvidia-smi (../shared/foreign/rtx3090-step). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Samples } from '../../../stages/align/updates.js';

/** The authors' own program takes the rails' first sample for so much earlier than the file says (align's README). */
export const started_us = 50_000;

/** The card's supply rails: nine 16-bit words a sample, a tick and four times volts and amperes (foreign/README.md). */
export function rails(folder: string): Samples {
  const bytes = readFileSync(join(folder, 'PMD_data.bin'));
  const start_us = Number(readFileSync(join(folder, 'PMD_start_ts.txt'), 'utf8'));
  const count = bytes.length / 18;
  const [at_us, value] = [new Float64Array(count), new Float64Array(count)];
  let ticks = 0;
  for (let i = 0; i < count; i++) {
    if (i > 0) ticks += (bytes.readUInt16LE(18 * i) - bytes.readUInt16LE(18 * (i - 1)) + 65536) % 65536;
    at_us[i] = start_us + (ticks / 2933.5) * 1000;
    const word = (k: number): number => Math.max(0, bytes.readInt16LE(18 * i + 2 * k) >> 4);
    for (let k = 1; k < 9; k += 2) value[i] += word(k) * 0.007568 * word(k + 1) * 0.0488;
  }
  return { at_us, value };
}

export function nvidiaSmi(folder: string, column: number): Samples {
  const lines = readFileSync(join(folder, 'gpudata.csv'), 'utf8').trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(', '));
  const stamp = (text: string) => Date.parse(`${text.replaceAll('/', '-').replace(' ', 'T')}+01:00`) * 1000;
  return {
    at_us: Float64Array.from(rows, (row) => stamp(row[0])),
    value: Float64Array.from(rows, (row) => Number(row[column])),
  };
}
