/** What trace finds in a bench's data (workloads that lack, copies that differ) and what it refuses (rows of no node). */
import { nearest } from '../../pipeline/config/nearest.js';
import { UnavailableError } from '../../pipeline/errors.js';
import type { Finding } from '../../pipeline/findings.js';
import type { Cell, Part } from '../energy/benches/bench.js';
import { partOf } from '../energy/benches/cells.js';
import { groupBy } from '../energy/group_by.js';
import { disagree, rowsByMeasurement } from '../energy/benches/published.js';
import type { PublishedRow } from '../energy/benches/published_rows.js';
import type { TreeNode } from '../energy/tree/build.js';
import type { Model } from '../energy/tree/library.js';
import { workloadsOf, type Sizes } from '../energy/tree/workloads.js';

/** One finding for each workload of the configuration that the bench lacks, in whole or in part of such a tree. */
export function notPublished(
  model: string,
  tree: readonly Pick<TreeNode, 'level' | 'type'>[],
  params: Sizes,
  cells: readonly Cell[],
  lacks: 'not published' | 'not measured' = 'not published',
): Finding[] {
  const parts = new Set(tree.map(({ level, type }) => partOf(level, type)));
  return workloadsOf(params).flatMap(({ batch_size, length }) => {
    const there = cells.find((cell) => cell.batch_size === batch_size && cell.length === length)?.parts ?? [];
    const lacking = [...parts].filter((part) => !there.includes(part));
    if (lacking.length === 0) return [];
    const what = there.length === 0 ? lacks : `${lacks} but for ${there.join(', ')}: no tree`;
    return [finding(lacks.replace(' ', '_'), 'info', `${model}/b${batch_size}/s${length}`, null, what)];
  });
}

/** Rows that share a measurement and should be copies of it (METHODS 2, traps). */
export function disagreements(rows: readonly PublishedRow[], model: Model): Finding[] {
  const groups = [...rowsByMeasurement(rows, model.name, model.family.root).values()].filter(disagree);
  if (groups.length === 0) return [];
  const { file, line } = groups[0][0];
  const what = `rows of ${groups.length} measurements differ though type and counts are equal; averaged (first ${file}:${line})`;
  return [finding('rows_disagree', 'warn', model.name, groups.length, what)];
}

const finding = (
  check_id: string,
  severity: Finding['severity'],
  subject: string,
  value: number | null,
  message: string,
): Finding => ({ check_id, severity, subject, value, limit: null, source: 'cells of the bench', message });

const cellKey = ({ batch_size, length }: { batch_size: number; length: number }): string => `${batch_size}/${length}`;

/**
 * Holds the rows of the model's cells against its trees: every row must find its node with equal counts, every node of
 * a part that is there its row. Throws an UnavailableError with the first that does not and the number of those.
 */
export function checkRows(
  rows: readonly PublishedRow[],
  model: Model,
  cells: readonly Cell[],
  trees: readonly (readonly TreeNode[])[],
): void {
  const byCell = groupBy(rows, cellKey);
  const problems = cells.flatMap((cell, i) => checkCell(byCell.get(cellKey(cell)) ?? [], trees[i], cell));
  if (problems.length === 0) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more rows that do not fit)` : '';
  throw new UnavailableError(problems[0] + more, `${model.name} is described in ${model.files.configuration}`);
}

function checkCell(rows: readonly PublishedRow[], tree: readonly TreeNode[], cell: Cell): string[] {
  const nodes = groupBy(tree, ({ level, path, type }) => `${partOf(level, type)} ${level === 'model' ? cell.model : `${path}:${type}`}`); // prettier-ignore
  const found = groupBy(rows, ({ part, name }) => `${part} ${name}`);
  const strangers = rows.flatMap((row) => checkRow(row, nodes.get(`${row.part} ${row.name}`)?.[0], [...nodes.keys()]));
  const wrongNumber = [...nodes].flatMap(([key, expected]) => {
    const [part, name] = key.split(' ') as [Part, string];
    const number = found.get(key)?.length ?? 0;
    if (number === expected.length || !cell.parts.includes(part)) return [];
    const where = `${cell.model}, batch size ${cell.batch_size}, length ${cell.length}`;
    const file = rows.find((row) => row.part === part)!.file;
    return [`${file}: ${where}: column level_name: found ${number} rows ${name}, expected ${expected.length}`];
  });
  return [...strangers, ...wrongNumber];
}

/** What is wrong with a row, if anything: it is of no node, or it counts otherwise than its node. */
function checkRow(row: PublishedRow, node: TreeNode | undefined, known: readonly string[]): string[] {
  const { file, line, part, name } = row;
  if (!node) {
    const names = known.filter((key) => key.startsWith(`${part} `)).map((key) => key.slice(part.length + 1));
    const near = nearest(name, names);
    const expected = near ? `; nearest: ${near}` : '';
    return [`${file}:${line}: column level_name: found "${name}", which is no node of this model${expected}`];
  }
  const wrong = (column: string, found: number, expected: number): string[] =>
    found === expected ? [] : [`${file}:${line}: column ${column}: found a count of ${found}, expected ${expected}`];
  return [...wrong('flops', row.flops, node.flops), ...wrong('mem_bytes', row.mem_bytes, node.memBytes)];
}
