/** The report stage run on the fixture, one partition at a time, without the engine. */
import type { Source } from '../../../pipeline/stage.js';
import { fromRows } from '../../../pipeline/rows.js';
import { figures } from '../../../stages/report/figures/list.js';
import { openReport, tableData } from '../../../stages/report/output.js';
import { sectionHtml } from '../../../stages/report/page/section.js';
import { chosen, report, type ReportParams } from '../../../stages/report/stage.js';
import { sections } from '../../../stages/report/tables.js';
import type { TableData } from '../../../stages/report/table_json.js';
import { fakeContext, type FakeContext } from '../context.js';
import { fixture } from './fixture.js';

export const pc1: Source = {
  kind: 'published',
  label: 'published measurements, replayed logs',
  about: { device: 'device_1' },
  place: {},
};

/** Made once: building the fixture takes longer than most tables. */
const usual = fixture();

interface BuildOptions {
  readonly source?: Partial<Source>;
  readonly tables?: ReturnType<typeof fixture>;
  readonly params?: Record<string, unknown>;
}

/** What the page takes of the other partitions, made in one context: a hundred would take minutes. */
async function writeSections({ database, source, params }: FakeContext<ReportParams>): Promise<void> {
  const context = openReport(database, source, params);
  const rows: { output: string; html: string }[] = [];
  for (const output of chosen(params)) {
    const drawing = (await figures.find(({ id }) => id === output.id)?.draw(context)) ?? null;
    rows.push({ output: output.id, html: sectionHtml(output, await tableData(output, context), drawing) });
  }
  await database.insert('sections', fromRows(sections, rows));
}

/** What one partition publishes, by path. */
export async function publish(
  output: string,
  { source = {}, tables = usual, params = {} }: BuildOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const context = await fakeContext({
    params: report.params.parse(params),
    tables,
    partition: { output },
    source: { ...pc1, ...source },
    configuration: { run: 'test', train: { seeds: 20 } },
  });
  try {
    if (output === 'page') await writeSections(context);
    await report.run(context);
    return context.published;
  } finally {
    context.close();
  }
}

type JsonCell =
  string | number | null | { paper: number | null; ours: number | null; difference: number | null; seeds?: number };

export interface TableJson extends Omit<TableData, 'rows'> {
  readonly rows: readonly Readonly<Record<string, JsonCell>>[];
}

export async function tableJson(id: string, options?: BuildOptions): Promise<TableJson> {
  return JSON.parse((await publish(id, options)).get(`tables/${id}.json`)!);
}
