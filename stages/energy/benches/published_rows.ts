/** The rows of the authors' released files that are of one model, checked and in this project's units. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UnavailableError } from '../../../pipeline/errors.js';
import { primitiveNames } from '../tree/primitives.js';
import { allParts, type MeasurementMean, type Part } from './bench.js';
import { Csv, type CsvRow, type Kind } from './csv.js';
import { publishedFiles } from './published_files.js';

export type Measured = Omit<MeasurementMean, 'measurement_id' | 'level'>;

/** One row: a node that was measured, or that shares the measurement of an equal one. */
export interface PublishedRow extends Measured {
  readonly file: string;
  readonly line: number;
  readonly part: Part;
  readonly batch_size: number;
  readonly length: number;
  /** `path:Class`; the model's name for the whole model. */
  readonly name: string;
  /** Path of modules as PyTorch names it; empty for the whole model. */
  readonly path: string;
  /** Class, MatMul or Softmax; empty for the whole model. */
  readonly type: string;
  /** Plain counts. */
  readonly flops: number;
  readonly mem_bytes: number;
}

const numbers: Readonly<Record<string, Kind>> = {
  batch_size: 'count',
  seq_len: 'count',
  flops: 'not negative',
  mem_bytes: 'not negative',
  cpu: 'not negative',
  mem: 'not negative',
  gpu: 'not negative',
  gpu_mem: 'not negative',
  gpu_clk: 'not negative',
  gpu_mem_clk: 'not negative',
  times_mean: 'positive',
  gpu_energy_mean: 'positive',
  energy_mean: 'positive',
};
const columns = [...Object.keys(numbers), 'level_name', 'model_name'];

/** Units of the published columns `flops` and `mem_bytes`. */
const million = 1e6;
const mebi = 2 ** 20;

/**
 * The rows of one model in the order of the files; types that are no primitive are left out at ML level. Throws an
 * UnavailableError where a file is missing or a cell is not what it should be.
 */
export async function readPublished(folder: string, model: string): Promise<PublishedRow[]> {
  const rows: PublishedRow[] = [];
  for (const part of allParts) {
    const file = join(folder, publishedFiles[part]);
    if (!existsSync(file)) throw missingFile(file);
    const csv = await Csv.read(file, columns);
    for (const row of csv.rows()) {
      if (row.text('model_name') !== model) continue;
      const [path, type] = splitName(row, part);
      if (part.startsWith('ml_') && !primitiveNames.includes(type)) continue;
      rows.push(readRow(row, part, file, path, type));
    }
  }
  return rows;
}

export const missingFile = (file: string): UnavailableError =>
  new UnavailableError(
    `${file}: there is no such file`,
    'the four CSV files of a device are published by the authors: `--download` fetches them, or name their folder in IRENE_DATASET',
  );

function splitName(row: CsvRow, part: Part): [path: string, type: string] {
  if (part === 'model') return ['', ''];
  const match = /^([\w.]*):(\w+)$/.exec(row.text('level_name'));
  return match ? [match[1], match[2]] : row.fail('level_name', 'a path of modules and a class, like h.0.mlp:MLP');
}

function readRow(row: CsvRow, part: Part, file: string, path: string, type: string): PublishedRow {
  const value = (column: string): number => row.number(column, numbers[column]);
  return {
    file,
    line: row.line,
    part,
    batch_size: value('batch_size'),
    length: value('seq_len'),
    name: row.text('level_name'),
    path,
    type,
    flops: Math.round(value('flops') * million),
    mem_bytes: Math.round(value('mem_bytes') * mebi),
    latency_s: value('times_mean'),
    wall_j: value('energy_mean'),
    gpu_j: value('gpu_energy_mean'),
    cpu_pct: value('cpu'),
    mem_pct: value('mem'),
    gpu_pct: value('gpu'),
    gpu_mem_pct: value('gpu_mem'),
    gpu_clk_mhz: value('gpu_clk'),
    gpu_mem_clk_mhz: value('gpu_mem_clk'),
  };
}
