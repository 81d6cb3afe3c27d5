/** A table as Markdown (the dialect with pipes). */
import type { TableData } from '../table_json.js';
import { grid } from './grid.js';

/** Nothing in a name may end a cell, open a tag or start a link. */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!)
    .replace(/[\\`*_|[\]]/g, '\\$&')
    .replace(/\s*\n\s*/g, ' ');

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function markdown(table: TableData): string {
  const { header, numeric, rows } = grid(table);
  const notes = table.notes.map((note, i) => `${i + 1}. ${escapeMarkdown(note)}`);
  return [
    `## ${escapeMarkdown(table.title)}`,
    '',
    escapeMarkdown(table.caption),
    '',
    `Source: **${escapeMarkdown(table.source)}**`,
    '',
    line(header.map(escapeMarkdown)),
    line(numeric.map((right) => (right ? '--:' : ':--'))),
    ...rows.map((row) => line(row.map(escapeMarkdown))),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n');
}
