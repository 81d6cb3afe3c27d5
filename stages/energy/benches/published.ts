/** The published data of one device: which workloads exist, and the mean of each measurement. */
import { Library } from '../tree/library.js';
import { allParts, measurementId, type Cell, type MeasurementMean } from './bench.js';
import { readPublished, type Measured, type PublishedRow } from './published_rows.js';

/** The cells among these batch sizes and lengths for which there are rows, with the parts that have some. */
export function cellsOfRows(
  rows: readonly PublishedRow[],
  model: string,
  batchSizes: readonly number[],
  lengths: readonly number[],
): Cell[] {
  const found = new Set(rows.map(({ batch_size, length, part }) => `${batch_size}/${length}/${part}`));
  return batchSizes.flatMap((batch_size) =>
    lengths.flatMap((length) => {
      const parts = allParts.filter((part) => found.has(`${batch_size}/${length}/${part}`));
      return parts.length > 0 ? [{ model, batch_size, length, parts }] : [];
    }),
  );
}

/** Rows by the measurement they share. `rootType` is the class of the whole model, which the files do not name. */
export function rowsByMeasurement(
  rows: readonly PublishedRow[],
  model: string,
  rootType: string,
): Map<string, PublishedRow[]> {
  const groups = new Map<string, PublishedRow[]>();
  for (const row of rows) {
    const { batch_size, length, type, flops, mem_bytes } = row;
    const id = measurementId(model, batch_size, length, type || rootType, flops, mem_bytes);
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return groups;
}

const quantities = ['latency_s', 'wall_j', 'gpu_j', 'cpu_pct', 'mem_pct', 'gpu_pct', 'gpu_mem_pct', 'gpu_clk_mhz', 'gpu_mem_clk_mhz'] as const satisfies readonly (keyof Measured)[]; // prettier-ignore

/** True where rows that should be copies of one measurement are not. */
export const disagree = (rows: readonly PublishedRow[]): boolean =>
  rows.some((row) => quantities.some((quantity) => row[quantity] !== rows[0][quantity]));

function meanOf(measurement_id: string, rows: readonly PublishedRow[]): MeasurementMean {
  const { part } = rows[0];
  const mean = (quantity: keyof Measured): number =>
    disagree(rows) ? rows.reduce((sum, row) => sum + row[quantity], 0) / rows.length : rows[0][quantity];
  return {
    measurement_id,
    level: part === 'module' || part === 'model' ? part : 'ml',
    ...(Object.fromEntries(quantities.map((quantity) => [quantity, mean(quantity)])) as unknown as Measured),
  };
}

/**
 * The mean of every measurement of one model, by its id, in the order of the files. Rows of one measurement that
 * disagree are averaged; trace reports them. Throws an UnavailableError where a file is missing or malformed.
 */
export async function publishedMeans(folder: string, model: string): Promise<Map<string, MeasurementMean>> {
  const rows = await readPublished(folder, model);
  const groups = rowsByMeasurement(rows, model, new Library().model(model).family.root);
  return new Map(Array.from(groups, ([id, group]) => [id, meanOf(id, group)]));
}
