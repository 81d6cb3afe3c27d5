/** What `pipeline diff` does. */
import { UsageError } from '../errors.js';
import { alignColumns, type Terminal } from '../terminal.js';
import type { Door } from './command.js';
import { schemasOf } from './datasets.js';
import type { DiffArgs } from './diff.js';
import { reportDifferences, type ReportDifference } from './diff/reports.js';
import { rowDifferences, type TableDifference } from './diff/rows.js';
import { settingDifferences, type SettingDifference } from './diff/settings.js';
import { openSide, type Side } from './diff/side.js';
import { readableNumber } from './query/text.js';

/** Rows of a table that a terminal shows. */
const shownRows = 40;

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

function settingLines(differences: readonly SettingDifference[] | null): string {
  if (differences === null) return 'settings: of one run not recorded yet';
  if (differences.length === 0) return 'settings: the same';
  const text = (value: unknown) => (value === null ? '–' : JSON.stringify(value));
  return `settings\n${indented(alignColumns(differences.map(({ key, a, b }) => [key, text(a), '→', text(b)])))}`;
}

/** The rows that differ; a key that is the same in all of them is said in the heading. */
function tableLines(of: TableDifference, a: Side, b: Side, above: number, most: number): string {
  const { table, value, unit, compared, rows } = of;
  const only = [`${of.only_a} rows only in ${a.run}`, `${of.only_b} only in ${b.run}`];
  const heading =
    `${table}: ${rows.length} of ${compared} rows differ in ${value} by more than ${above} ${unit}`.trimEnd() +
    (of.only_a + of.only_b > 0 ? `; ${only.join(', ')}` : '');
  if (rows.length === 0) return heading;
  const keys = Object.keys(rows[0].keys);
  const fixed = keys.filter((key) => rows.every((row) => row.keys[key] === rows[0].keys[key]));
  const varying = keys.filter((key) => !fixed.includes(key));
  const cells = rows
    .slice(0, most)
    .map((row) => [
      ...varying.map((key) => String(row.keys[key])),
      ...[row.a, row.b, row.difference].map(readableNumber),
    ]);
  const right = new Set([0, 1, 2].map((i) => varying.length + i));
  const same = fixed.map((key) => `${key} ${String(rows[0].keys[key])}`).join(', ');
  const lines = alignColumns([[...varying, a.run, b.run, 'difference'], ...cells], right);
  const rest = rows.length > most ? `\n… and ${rows.length - most} more (--json has all)` : '';
  return `${heading}\n${indented(`${same ? `all with ${same}\n` : ''}${lines}${rest}`)}`;
}

function reportLines(differences: readonly ReportDifference[], a: Side, b: Side): string {
  if (differences.length === 0) return 'tables of the report: the same numbers';
  const lines = differences.map(({ table, only, numbers, differing, greatest_pct }) => [
    table,
    only
      ? `only in ${(only === 'a' ? a : b).run}`
      : `${differing} of ${numbers} numbers differ, by up to ${readableNumber(greatest_pct)} %`,
  ]);
  return `tables of the report\n${indented(alignColumns(lines))}`;
}

export async function handle(
  args: DiffArgs,
  terminal: Terminal,
  { openRegistry, comparisons }: Pick<Door, 'openRegistry' | 'comparisons'>,
): Promise<void> {
  if (!(args.above >= 0)) throw new UsageError(`--above ${args.above}: expected a number, 0 or more`);
  const registry = await openRegistry();
  const [a, b] = [openSide(args.a, registry), openSide(args.b, registry)];
  const settings = a.settings && b.settings ? settingDifferences(a.settings, b.settings) : null;
  const schemas = schemasOf(registry);
  const tables = await Promise.all(
    comparisons.map(({ table, value }) => rowDifferences(a, b, schemas.get(table)!, value, args.above)),
  );
  const reports = reportDifferences(a, b);
  const source = ({ run, source }: Side) => `${run} (${source ?? 'no source recorded'})`;
  const most = terminal.isRead ? shownRows : Infinity;
  terminal.print(
    [
      `${source(a)} | ${source(b)}`,
      settingLines(settings),
      ...tables.map((table) => tableLines(table, a, b, args.above, most)),
      reportLines(reports, a, b),
    ].join('\n'),
  );
  const described = ({ run, source }: Side) => ({ run, source });
  terminal.document({ a: described(a), b: described(b), settings, tables, reports });
}
