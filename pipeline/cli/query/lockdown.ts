/** Shuts the files of the machine away from a query: it reads the datasets it names and nothing else, and writes nothing. */
import { quoteName, quoteText, type Database } from '../../database.js';
import { sqlType } from '../../execute/task.js';
import type { TableSchema } from '../../table.js';
import type { Dataset } from '../datasets.js';

/** A table that is listed and described, but cannot be read: its files were not verified. */
function shutView({ name, columns }: TableSchema): string {
  const typed = Object.entries(columns).map(([column, of]) => `NULL::${sqlType(of)} AS ${quoteName(column)}`);
  const message = `a query must name ${name} itself to read it`;
  return `CREATE VIEW ${quoteName(name)} AS SELECT ${typed.join(', ')} WHERE error(${quoteText(message)}) IS NULL`;
}

/** Called when the views of `open` are there; `shut` are the other datasets of the run. */
export async function lockDown(
  database: Database,
  open: readonly Dataset[],
  shut: readonly TableSchema[],
): Promise<void> {
  for (const schema of shut) await database.run(shutView(schema));
  const paths = open.flatMap(({ files }) => files.map(({ path }) => quoteText(path)));
  await database.run(
    `SET allowed_paths = [${paths.join(', ')}]; SET enable_external_access = false; SET lock_configuration = true`,
  );
}
