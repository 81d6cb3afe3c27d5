/** What `pipeline list` does. */
import { proposal } from '../config/nearest.js';
import { UsageError } from '../errors.js';
import { alignColumns, type Terminal } from '../terminal.js';
import type { Door } from './command.js';
import type { ListArgs } from './list.js';

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(cellText).join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${cellText(inner)}`)
    .join(', ');
}

type Row = Readonly<Record<string, unknown>>;

/** Aligned columns; what a first column repeats is said once. */
function rowLines(rows: readonly Row[], { style }: Terminal): string {
  const names = [...new Set(rows.flatMap(Object.keys))];
  const right = new Set(names.flatMap((name, i) => (rows.every((row) => typeof row[name] === 'number') ? [i] : [])));
  const cells = rows.map((row, i) =>
    names.map((name, j) => (j === 0 && rows[i - 1]?.[name] === row[name] ? '' : cellText(row[name]))),
  );
  const [head, ...lines] = alignColumns([names, ...cells], right).split('\n');
  return [style.bold(head), ...lines].join('\n');
}

/** Rows that agree in the first column are of one thing. */
const countOf = (rows: readonly object[]): number => new Set(rows.map((row) => Object.values(row)[0] as unknown)).size;

export async function handle(args: ListArgs, terminal: Terminal, { lists, openRegistry }: Door): Promise<void> {
  const registry = await openRegistry();
  if (args.what === undefined) {
    const counts = await Promise.all(
      lists.map(async ({ name, about, load }) => ({ list: name, count: countOf(await load(registry)), about })),
    );
    terminal.print(rowLines(counts, terminal));
    terminal.document(counts);
    return;
  }
  const chosen = lists.find(({ name }) => name === args.what);
  const names = lists.map(({ name }) => name);
  if (!chosen) throw new UsageError(`no list "${args.what}": ${proposal(args.what, names)}`);
  const rows = await chosen.load(registry);
  if (rows.length === 0) terminal.say(`no ${chosen.name} yet`);
  else terminal.print(rowLines(rows as readonly Row[], terminal));
  terminal.document(rows);
}
