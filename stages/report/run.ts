/** Writes one table, one figure or the page, which takes tables and figures as these have written them. */
import { fromRows } from '../../pipeline/rows.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { figures } from './figures/list.js';
import { openReport, tableData } from './output.js';
import { csv } from './render/csv.js';
import { json } from './render/json.js';
import { latex } from './render/latex.js';
import { markdown } from './render/markdown.js';
import { sectionHtml } from './page/section.js';
import { chosen, page, type ReportParams, settingsOf } from './stage.js';
import { sections } from './tables.js';
import type { TableData } from './table_json.js';

const formats = { md: markdown, csv, tex: latex, json } as const;

async function publishTable(context: TaskContext<ReportParams>, table: TableData): Promise<void> {
  for (const [extension, render] of Object.entries(formats)) {
    await context.publish(`tables/${table.id}.${extension}`, render(table));
  }
}

export async function run(context: TaskContext<ReportParams>): Promise<void> {
  const report = openReport(context.database, context.source, settingsOf(context.params, context.partition));
  const { output: id } = context.partition;
  if (id === page) {
    const { publishPage } = await import('./page/page.js');
    await publishPage(context, report);
    return context.write(sections, fromRows(sections, []));
  }
  const output = chosen(context.params).find((one) => one.id === id);
  if (!output) throw new Error(`report: no output ${id}`);
  const table = await tableData(output, report);
  await publishTable(context, table);
  const drawing = (await figures.find((figure) => figure.id === id)?.draw(report)) ?? null;
  if (drawing) {
    await context.publish(`figures/${id}.svg`, drawing.svg);
    await context.publish(`figures/${id}.csv`, drawing.csv);
  }
  await context.write(sections, fromRows(sections, [{ output: id, html: sectionHtml(output, table, drawing) }]));
}
