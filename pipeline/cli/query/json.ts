/** Rows as a JSON array of objects, one a line. */
import type { Table } from 'apache-arrow';
import { batches } from './row_batches.js';

/** 64-bit integers as numbers where those are exact, else as text; what JSON has no number for is null. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? null : (value ?? null);
}

export function* jsonLines(rows: Table): Generator<string> {
  const names = rows.schema.names.map(String);
  let written = 0;
  for (const batch of batches(rows)) {
    const objects = batch.map((row) =>
      JSON.stringify(Object.fromEntries(row.map((value, i) => [names[i], jsonValue(value)]))),
    );
    yield (written === 0 ? '[\n' : ',\n') + objects.join(',\n');
    written += batch.length;
  }
  yield written === 0 ? '[]\n' : '\n]\n';
}
