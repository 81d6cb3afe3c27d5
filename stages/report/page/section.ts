/** A table or figure as it stands on the page. */
import type { Drawing } from '../figures/figure.js';
import { pastFigures } from '../figures/list.js';
import type { Output, ReportContext } from '../output.js';
import { queryRows } from '../query_rows.js';
import { html } from '../render/html.js';
import type { TableData } from '../table_json.js';
import { pastTables } from '../tables/list.js';

/** A figure's table longer than this repeats its picture: it is folded. */
const pictureFoldsFrom = 8;

/** A table past the paper longer than this is folded away. */
const pastFoldsFrom = 36;

const past: readonly Output[] = [...pastTables, ...pastFigures];

export function sectionHtml(output: Output, table: TableData, drawing: Drawing | null): string {
  const foldsFrom = past.includes(output) ? pastFoldsFrom : drawing ? pictureFoldsFrom : Infinity;
  return html(table, { picture: drawing?.svg, folded: table.rows.length > foldsFrom });
}

/** Those of the run, by id. */
export async function readSections({ database }: ReportContext): Promise<ReadonlyMap<string, string>> {
  const rows = await queryRows<{ output: string; html: string }>(database, 'SELECT output, html FROM sections');
  return new Map(rows.map(({ output, html }) => [output, html]));
}

/** The chosen ones of some outputs, in their order. */
export const sectionsOf = (sections: ReadonlyMap<string, string>, outputs: readonly Output[]): string =>
  outputs.flatMap(({ id }) => sections.get(id) ?? []).join('\n');
