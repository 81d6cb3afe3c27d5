/** The datasets that a query names: only these are verified and can be read. */
import { quoteText, type Database } from '../../database.js';
import { toRows } from '../../rows.js';

/** Functions that read a table named by a text: what they name is no table to the parser. */
const byText = /\bquery(_table)?\s*\(/i;

/**
 * Those of `tables` that occur as tables in the parsed query; where DuckDB does not give its tree (PIVOT, EXPLAIN),
 * those that occur as words, which may be too many.
 */
export async function namesIn(database: Database, sql: string, tables: readonly string[]): Promise<Set<string>> {
  const [row] = toRows(await database.query(`SELECT json_serialize_sql(${quoteText(sql)})::VARCHAR AS tree`));
  const tree = byText.test(sql) ? null : parsed(String(row.tree));
  const names = tree ? tableNames(tree) : (sql.match(/\w+/g) ?? []);
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return new Set(tables.filter((table) => lower.has(table.toLowerCase())));
}

/** The tree of a query; null where DuckDB has none, or writes a number that JSON does not have. */
function parsed(text: string): object | null {
  try {
    const tree = JSON.parse(text) as { readonly error: boolean };
    return tree.error ? null : tree;
  } catch {
    return null;
  }
}

/** Every `table_name` of a parsed query; `DESCRIBE x` has its name quoted. */
function tableNames(tree: unknown): string[] {
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    key === 'table_name' && typeof value === 'string' ? [value.replaceAll('"', '')] : tableNames(value),
  );
}
