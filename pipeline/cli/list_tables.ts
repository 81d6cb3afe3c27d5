/** Every column of every dataset, a row each: what `pipeline query` can ask for. */
import type { Registry } from '../stage.js';

/** One column of a dataset. */
export interface ColumnRow {
  readonly table: string;
  readonly stage: string;
  readonly column: string;
  /** `double?` where it may be absent. */
  readonly type: string;
  readonly unit: string | null;
  readonly meaning: string;
}

export function listTables({ stages }: Registry): ColumnRow[] {
  const all = stages.flatMap(({ stage }) => stage.writes.map((table) => ({ table, stage: stage.name })));
  const tables = [...new Set(all.map(({ table }) => table))];
  return tables.flatMap((table) => {
    const writers = all.filter((one) => one.table === table).map(({ stage }) => stage);
    return Object.entries(table.columns).map(([column, { type, unit, nullable, meaning }]) => ({
      table: table.name,
      stage: writers.join(', '),
      column,
      type: nullable ? `${type}?` : type,
      unit: unit || null,
      meaning,
    }));
  });
}
