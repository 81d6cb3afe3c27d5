/** The folder's tables as a Data Package (Frictionless specification 1, https://specs.frictionlessdata.io/data-package/). */
import type { ColumnType, TableSchema } from '../../../pipeline/table.js';
import type { DatasetFile } from './content.js';

const types: Readonly<Record<ColumnType, string>> = {
  string: 'string',
  int32: 'integer',
  int64: 'integer',
  double: 'number',
  boolean: 'boolean',
};

/** `unit` is ours: the specification lets a field have more properties. */
const field = ([name, { type, unit, meaning, nullable }]: [string, TableSchema['columns'][string]]): object => ({
  name,
  type: types[type],
  description: meaning,
  ...(unit === '' ? {} : { unit }),
  constraints: { required: !nullable },
});

export interface About {
  readonly run: string;
  readonly label: string;
  readonly version: string;
}

/** A resource for each table of each stage, its files in the order of their names. */
export function dataPackage(files: readonly DatasetFile[], { run, label, version }: About): object {
  const tables = new Map<string, DatasetFile[]>();
  for (const file of files) {
    const name = `${file.stage}.${file.table.name}`;
    tables.set(name, [...(tables.get(name) ?? []), file]);
  }
  return {
    profile: 'data-package',
    name: run.toLowerCase().replaceAll('_', '-'),
    title: `Energy of Transformer inference: ${run} (${label})`,
    created_by: `irene-energy ${version}`,
    resources: [...tables].map(([name, own]) => ({
      name,
      description: `${own[0].table.row}; ordered by ${own[0].table.order.join(', ')}`,
      path: own.map(({ path }) => path),
      format: 'parquet',
      mediatype: 'application/vnd.apache.parquet',
      rows: own.reduce((sum, { rows }) => sum + rows, 0),
      schema: { fields: Object.entries(own[0].table.columns).map(field), primaryKey: own[0].table.order },
    })),
  };
}
