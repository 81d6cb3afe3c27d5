/** The rows of an Arrow table as arrays of values, some thousand at a time. */
import type { Table } from 'apache-arrow';

const batchRows = 10_000;

export function* batches(table: Table): Generator<unknown[][]> {
  for (let from = 0; from < table.numRows; from += batchRows) {
    const part = table.slice(from, from + batchRows);
    const columns = part.schema.fields.map((_, i) => Array.from(part.getChildAt(i)!) as unknown[]);
    yield Array.from({ length: part.numRows }, (_, row) => columns.map((values) => values[row]));
  }
}
