/** Table 1: the features, where they are here, and what was measured. */
import { capitalized } from '../../energy/benches/origin.js';
import { features } from '../../featurize/tables.js';
import { beyondMark, beyondPaper, label } from '../names.js';
import type { Output, ReportContext } from '../output.js';
import { queryRows } from '../query_rows.js';
import type { TableRow } from '../table_json.js';

/** Used by the authors' code, not named in their Table 1. */
const unnamed = ['num_parameters', 'input_size'] as const;

type Range = { least: number | null; greatest: number | null };

async function ranges({ database }: ReportContext, columns: readonly string[]): Promise<Map<string, Range>> {
  const sql = columns.map(
    (name) => `min(${name})::DOUBLE AS "${name} least", max(${name})::DOUBLE AS "${name} greatest"`,
  );
  const [row] = await queryRows<Record<string, number | null>>(database, `SELECT ${sql.join(', ')} FROM features`);
  return new Map(columns.map((name) => [name, { least: row[`${name} least`], greatest: row[`${name} greatest`] }]));
}

async function controllerNote({ database, origin }: ReportContext): Promise<string> {
  const rows = await queryRows<{ type: string; pct: number }>(
    database,
    `SELECT type, avg(gpu_mem_pct) AS pct FROM features WHERE level = 'ml' AND gpu_mem_pct IS NOT NULL GROUP BY type ORDER BY pct, type`,
  );
  const first = rows.at(0);
  const last = rows.at(-1);
  const means =
    first && last
      ? ` ${capitalized(origin)} means: ${first.type} ${first.pct.toFixed(0)} %, ${last.type} ${last.pct.toFixed(0)} %.`
      : '';
  return `gm_usg is called memory usage in the paper, but it is the utilisation of the GPU’s memory controller (NVML).${means}`;
}

export const table1: Output = {
  id: 'table1',
  title: 'Table 1: features',
  caption:
    'The features of a node, the paper’s names and units beside the columns here, with the range over all nodes of this run.',
  reads: ['features'],
  paper: ['table1'],
  async build(context) {
    const { rows: named } = await context.paper('table1');
    const known = await ranges(context, [...named.map((row) => String(row.column)), ...unnamed]);
    const row = (column: string, paperName: string | null, paperUnit: string): TableRow => {
      const schema = features.columns[column as keyof typeof features.columns];
      return {
        feature: paperName === null ? beyondPaper(column) : label(paperName),
        paper_unit: paperUnit,
        column,
        unit: schema.unit,
        ...known.get(column),
        meaning: schema.meaning,
      };
    };
    return {
      columns: [
        { name: 'feature', title: 'Feature', unit: '' },
        { name: 'paper_unit', title: 'Unit in the paper', unit: '' },
        { name: 'column', title: 'Column', unit: '' },
        { name: 'unit', title: 'Unit', unit: '' },
        { name: 'least', title: 'Least', unit: '' },
        { name: 'greatest', title: 'Greatest', unit: '' },
        { name: 'meaning', title: 'What it is', unit: '' },
      ],
      rows: [
        ...named.map((of) => row(String(of.column), String(of.feature), String(of.unit))),
        ...unnamed.map((column) => row(column, null, '')),
      ],
      notes: [
        await controllerNote(context),
        `${beyondMark} In the authors’ code, not in their table. Variant paper keeps its num_parameters of 0 for MatMul, Softmax and the whole model; the range here is of the true counts.`,
      ],
    };
  },
};
