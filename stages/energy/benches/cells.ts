/** The workloads that a bench has, from the `cells` section of its file, and the part of a tree that a node is of. */
import { z } from 'zod';
import { readYaml } from '../../../pipeline/yaml.js';
import { primitives } from '../tree/primitives.js';
import { allParts, type Cell, type Part } from './bench.js';

const positive = z.number().int().positive('expected a positive number');

const cellsSchema = z.strictObject({
  batch_sizes: z.array(positive).min(1),
  lengths: z.array(positive).min(1),
  /** What is lacking: parts (default all) of models (default all) at one batch size. */
  missing: z
    .array(
      z.strictObject({
        batch_size: positive,
        lengths: z.array(positive).min(1),
        models: z.array(z.string()).optional(),
        parts: z.array(z.enum(allParts)).optional(),
      }),
    )
    .default([]),
});

export type BenchCells = z.infer<typeof cellsSchema>;

/** Reads that section alone; the rest of the file is others'. Throws a UsageError with every problem and its place. */
export const readBenchCells = (file: string): BenchCells => readYaml(file, z.looseObject({ cells: cellsSchema })).cells;

/** A model's cells among these batch sizes and lengths, with the parts that exist. */
export function cellsOfBench(
  { batch_sizes, lengths: known, missing }: BenchCells,
  model: string,
  batchSizes: readonly number[],
  lengths: readonly number[],
): Cell[] {
  const lacks = (batchSize: number, length: number, part: Part): boolean =>
    missing.some(
      ({ batch_size, lengths, models = [model], parts = allParts }) =>
        batch_size === batchSize && lengths.includes(length) && models.includes(model) && parts.includes(part),
    );
  return batchSizes
    .filter((batchSize) => batch_sizes.includes(batchSize))
    .flatMap((batch_size) =>
      lengths
        .filter((length) => known.includes(length))
        .map((length) => ({
          model,
          batch_size,
          length,
          parts: allParts.filter((part) => !lacks(batch_size, length, part)),
        })),
    )
    .filter(({ parts }) => parts.length > 0);
}

/** The part of a tree that a node of this level and type belongs to. */
export function partOf(level: 'ml' | 'module' | 'model', type: string): Part {
  if (level !== 'ml') return level;
  return primitives[type].kind === 'function' ? 'ml_function' : 'ml_module';
}
