/** The report: every table and figure of the paper beside ours, and one page with the answer first. */
import { z } from 'zod';
import { basename, join } from 'node:path';
import { findings } from '../../pipeline/findings.js';
import { packageRoot } from '../../pipeline/paths.js';
import type { FileInput, Partition, Source, Stage } from '../../pipeline/stage.js';
import type { TableSchema } from '../../pipeline/table.js';
import { clock, measurements } from '../align/tables.js';
import { isUnmetered } from '../energy/benches/absent.js';
import { machineFiles } from '../energy/benches/machine.js';
import { errors, predictions } from '../evaluate/tables.js';
import { features } from '../featurize/tables.js';
import { session } from '../profile/tables.js';
import { nodes } from '../trace/tables.js';
import { figures } from './figures/list.js';
import type { Dataset, Output } from './output.js';
import { paperFile } from './paper.js';
import { sections } from './tables.js';
import { tables } from './tables/list.js';

const outputs: readonly Output[] = [...tables, ...figures];
const ids = outputs.map((output) => output.id) as [string, ...string[]];

/** The partition of index.html, findings.json and provenance.json. */
export const page = 'page';

const params = z.strictObject({
  tables: z
    .union([z.literal('all'), z.array(z.enum(ids))])
    .default('all')
    .describe('the tables and figures to write'),
  price_usd_per_kwh: z
    .number()
    .positive()
    .default(0.1319)
    .describe('price of electricity, USD per kWh (the paper: 0.1319)'),
  workload: z
    .strictObject({ batch_size: z.int().positive().default(16), length: z.int().positive().default(256) })
    .default({ batch_size: 16, length: 256 })
    .describe(
      'the workload whose joules the page names (the paper’s Table 3); the largest one measured where it was not',
    ),
});

export type ReportParams = z.infer<typeof params>;

const datasets: Readonly<Record<Dataset, TableSchema>> = {
  nodes,
  features,
  predictions,
  errors,
  measurements,
  clock,
  findings,
  session,
};

/** True where one output reads a dataset; the page reads them all. */
const readsDataset = ({ output }: Partition, dataset: string): boolean =>
  output === page || outputs.some(({ id, reads }) => id === output && (reads as readonly string[]).includes(dataset));

/** The settings that one output prints; the page prints them all. */
export function settingsOf(params: ReportParams, { output }: Partition): Partial<ReportParams> {
  if (output === page) return params;
  const { settings = [] } = outputs.find(({ id }) => id === output) ?? {};
  return Object.fromEntries(settings.map((name) => [name, params[name]]));
}

/** The chosen outputs, tables before figures, each as in the paper. */
export const chosen = (params: ReportParams): readonly Output[] =>
  outputs.filter(({ id }) => params.tables === 'all' || params.tables.includes(id));

function files(params: ReportParams, source: Source, { output }: Partition): FileInput[] {
  const of = output === page ? chosen(params) : outputs.filter(({ id }) => id === output);
  const own = output === page ? ['package.json'] : of.flatMap((one) => one.files?.() ?? []);
  const shipped = [...new Set([...of.flatMap((one) => one.paper.map(paperFile)), ...own])];
  const files = shipped.map((name) => ({ name, path: join(packageRoot, name) }));
  if (output !== 'table2') return files;
  return [...files, ...machineFiles(source).map((path) => ({ name: basename(path), path }))];
}

export const report: Stage<ReportParams> = {
  name: 'report',
  about: 'every table and figure of the paper beside ours, and one page',
  params,
  reads: [
    ...Object.entries(datasets).map(([name, table]) => ({ table, of: (own: Partition) => readsDataset(own, name) })),
    { table: sections, of: ({ output }) => output === page },
  ],
  writes: [sections],
  usesSource: true,
  usesConfiguration: ({ output }) => output === page,
  files,
  relevant: settingsOf,
  // Every table is of the wall's joules: a bench without a meter has none.
  partitions: (params, _upstream, _settings, source) =>
    isUnmetered(source) ? [] : [...chosen(params).map(({ id }) => ({ output: id })), { output: page }],
  run: async (context) => (await import('./run.js')).run(context),
};
