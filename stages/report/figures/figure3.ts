/** Figure 3: how the errors at model level are distributed. */
import { byMachine } from '../by_machine.js';
import { label } from '../names.js';
import type { ReportContext } from '../output.js';
import { paperNumber, paperRows } from '../paper.js';
import { queryRows } from '../query_rows.js';
import { csvLines } from '../render/csv.js';
import { compared } from '../table_json.js';
import { chartBody } from './chart.js';
import type { Drawing, Figure } from './figure.js';
import { palette } from './palette.js';
import { svgDocument } from './svg_document.js';

interface TreeError {
  model: string;
  batch_size: number;
  length: number;
  error_pct: number;
}

const readErrors = ({ database }: ReportContext): Promise<TreeError[]> =>
  queryRows(database, new URL('./figure3.sql', import.meta.url));

/** Share in % of the errors below a limit; null without errors. */
export const shareUnder = (errors: readonly TreeError[], limit: number): number | null =>
  errors.length === 0 ? null : (100 * errors.filter((error) => error.error_pct < limit).length) / errors.length;

/** The axis goes at least so far: the paper's points have room for their names. */
const leastEnd = 25;

const size = { width: 720, height: 380 };

async function draw(context: ReportContext): Promise<Drawing | null> {
  const errors = await readErrors(context);
  if (errors.length === 0) return null;
  const curve = errors.map((error, i) => ({ ...error, share: (100 * (i + 1)) / errors.length }));
  const paper = context.machine === 'PC1' ? paperRows(await context.paper('figure3'), { machine: 'PC1' }) : [];
  const end = Math.max(leastEnd, Math.ceil(errors.at(-1)!.error_pct / 5) * 5);
  const points = [{ error_pct: 0, share: 0 }, ...curve, { error_pct: end, share: 100 }];
  const body = await chartBody((Plot) => ({
    ...size,
    marginLeft: 56,
    marginTop: 30,
    marginRight: 24,
    marginBottom: 44,
    style: { fontSize: '12px' },
    x: { label: 'error of a tree (%)', domain: [0, end], labelAnchor: 'center', labelArrow: 'none' },
    y: { label: 'share of the trees (%)', domain: [0, 100], labelAnchor: 'center', labelArrow: 'none' },
    marks: [
      Plot.gridY({ stroke: palette.rule, strokeOpacity: 1 }),
      Plot.line(points, { x: 'error_pct', y: 'share', curve: 'step-after', stroke: palette.ours, strokeWidth: 2 }),
      Plot.dot(paper, { x: 'error_under_pct', y: 'share', symbol: 'diamond', r: 6, fill: palette.paper }),
      ...paper.map((row) => {
        const second = row.share === 99; // the points at 16 and 17 % are neighbours: their names go apart
        return Plot.text([row], {
          x: 'error_under_pct',
          y: 'share',
          text: [`paper: ${row.says} under ${row.error_under_pct} %`],
          textAnchor: second ? 'end' : 'start',
          dx: second ? -12 : 10,
          dy: second ? 0 : -12,
          fill: palette.paper,
        });
      }),
    ],
  }));
  return {
    svg: svgDocument({
      id: 'figure3',
      title: figure3.title,
      description: `${figure3.caption} ${errors.length} trees; the largest error is ${errors.at(-1)!.error_pct.toFixed(1)} %.`,
      source: context.source.label,
      ...size,
      body,
    }),
    csv: csvLines([
      ['model', 'batch_size', 'length', 'error_pct', 'share_pct', 'source'],
      ...curve.map((row) => [row.model, row.batch_size, row.length, row.error_pct, row.share, context.source.label]),
    ]),
  };
}

export const figure3: Figure = {
  id: 'figure3',
  title: 'Figure 3: distribution of the errors at model level',
  caption:
    'Share of the trees whose error at the root lies below a limit, each model held out in turn (End2End, prediction averaged over seeds).',
  reads: ['predictions', 'errors'],
  paper: ['figure3'],
  async build(context) {
    const paper = await context.paper('figure3');
    const trees = await readErrors(context); // one query after the other: a second one cuts off the first one's rows
    const errors = await context.errors();
    const limits = paperRows(paper, { machine: 'PC1' }).map((row) => Number(row.error_under_pct));
    const all = errors.row({ level: 'model' });
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'error_under_pct', title: 'Error under', unit: '%' },
        { name: 'share', title: 'Share of the trees', unit: '%', decimals: 1 },
      ],
      rows: byMachine(
        context,
        (machine, mine) =>
          limits.map((limit) => ({
            machine,
            error_under_pct: label(String(limit)),
            share: compared(
              paperNumber(paper, { machine: machine.key, error_under_pct: limit }, 'share'),
              mine ? shareUnder(trees, limit) : null,
            ),
          })),
        ['PC1'],
      ),
      notes: [
        'The paper says in words: nearly half under 10 % (taken as 50), 99 % under 16 % in the caption, all under 17 % in the text.',
        ...(all
          ? [
              `The curve is of predictions averaged over ${all.seeds} seeds, which errs less than one seed does. Each tree’s error averaged over seeds: median ${all.p50_pct.toFixed(1)} %, 95th percentile ${all.p95_pct.toFixed(1)} %, greatest ${all.max_pct.toFixed(1)} %.`,
            ]
          : []),
      ],
    };
  },
  draw,
};
