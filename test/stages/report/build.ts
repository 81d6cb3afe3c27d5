/** The report stage run on the fixture, one partition at a time, without the engine. */
import type { Source } from '../../../pipeline/stage.js';
import { report } from '../../../stages/report/stage.js';
import type { TableData } from '../../../stages/report/table_json.js';
import { fakeContext } from '../context.js';
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
