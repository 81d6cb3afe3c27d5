/** A table as HTML for the page: ours in a cell's first line, the paper's value and the difference in its second. */
import { isCompared, isLabel, type Cell, type TableColumn, type TableData, type TableRow } from '../table_json.js';
import { absent, differenceText, oursText, paperText, plainText } from './cell.js';
import { seedsOf } from './grid.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attribute values in quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]);

function comparedHtml(cell: Cell | undefined, column: TableColumn): string {
  if (!isCompared(cell)) return `<td class="number">${escapeHtml(plainText(cell, column))}</td>`;
  const ours = cell.ours === null ? `<span class="none">${absent}</span>` : escapeHtml(oursText(cell, column));
  const paper = cell.paper === null ? '' : `paper&nbsp;${escapeHtml(paperText(cell, column))}`;
  const difference = cell.difference === null ? '' : `<b>${escapeHtml(differenceText(cell, column))}</b>`;
  const range =
    cell.sd !== undefined && cell.min !== undefined && cell.max !== undefined
      ? ` title="${cell.seeds} seeds, one seed’s mean from ${cell.min.toFixed(2)} to ${cell.max.toFixed(2)}"`
      : '';
  const below = [paper, difference].filter(Boolean).join(' ');
  return `<td class="number compared"${range}><span class="ours">${ours}</span>${below ? `<small>${below}</small>` : ''}</td>`;
}

function rowHtml(row: TableRow, columns: readonly TableColumn[], numeric: readonly boolean[]): string {
  const seeds = seedsOf(row);
  const lastName = numeric.indexOf(true) - 1;
  const cells = columns.map((column, i) => {
    const cell = row[column.name];
    if (numeric[i]) return comparedHtml(cell, column);
    const note = seeds !== null && i === Math.max(0, lastName) ? `<small>${seeds} seeds</small>` : '';
    const text = escapeHtml(plainText(cell, column)) + note;
    return i === 0 || isLabel(cell) ? `<th scope="row">${text}</th>` : `<td>${text}</td>`;
  });
  return `<tr>${cells.join('')}</tr>`;
}

export interface HtmlOptions {
  /** A picture between caption and table: SVG, already escaped. */
  readonly picture?: string;
  /** Folds the table away, below its picture if it has one. */
  readonly folded?: boolean;
}

/** The table with caption, source label and footnotes. */
export function html(table: TableData, { picture, folded = false }: HtmlOptions = {}): string {
  const numeric = table.columns.map((column) =>
    table.rows.some((row) => typeof row[column.name] === 'number' || isCompared(row[column.name])),
  );
  const headers = table.columns.map((column, i) => {
    const unit = column.unit ? ` <span class="unit">${escapeHtml(column.unit)}</span>` : '';
    return `<th scope="col"${numeric[i] ? ' class="number"' : ''}>${escapeHtml(column.title)}${unit}</th>`;
  });
  const notes = table.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('\n');
  const title = escapeHtml(table.title);
  const scroll = (content: string, of: string): string =>
    `<div class="scroll" tabindex="0" role="region" aria-label="${title}, ${of}">${content}</div>`;
  const body = table.rows.map((row) => rowHtml(row, table.columns, numeric)).join('\n');
  const grid = scroll(
    `<table>\n<thead><tr>${headers.join('')}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`,
    'table',
  );
  return `<section class="table" id="${escapeHtml(table.id)}">
<h3>${title}</h3>
<p class="caption">${escapeHtml(table.caption)} <span class="source">${escapeHtml(table.source)}</span></p>
${picture ? `<figure>${scroll(picture, 'picture')}</figure>` : ''}
${folded ? `<details><summary>${picture ? 'The same as a table' : `All ${table.rows.length} lines`}</summary>${grid}</details>` : grid}
${notes ? `<ol class="notes">\n${notes}\n</ol>\n` : ''}</section>`;
}
