/** How the error goes with the size of the workload: small ones are bound by launches, large ones by kernels. */
import { absentPredictorsNote, diverges, methodCells, methodColumns, methodTitle, type Method } from '../methods.js';
import { isOfPaper } from '../names.js';
import type { ReportContext } from '../output.js';
import { queryRows } from '../query_rows.js';
import { csvLines } from '../render/csv.js';
import { settingShort } from '../settings.js';
import { chartBody } from './chart.js';
import type { Drawing, Figure } from './figure.js';
import { palette } from './palette.js';
import { spreadLabels } from './spread_labels.js';
import { svgDocument } from './svg_document.js';

interface Size extends Omit<Method, 'setting'> {
  tokens: number;
  trees: number;
  mean_pct: number;
}

/** Tokens in a batch up to which a bin goes; the last is open. */
const edges = [512, 1024, 2048, 4096, Infinity];

const bins = edges.map((to, i) => {
  const from = edges[i - 1] ?? 0;
  const open = to === Infinity;
  return { from, to, name: open ? `over_${from}` : `up_to_${to}`, title: open ? `over ${from}` : `up to ${to}` };
});

/** A method's error in a bin, %: each tree counts once. */
interface Point {
  readonly tokens: number;
  readonly trees: number;
  readonly mean_pct: number;
}

interface Line {
  readonly method: Method;
  /** Null where nothing of this size was held out. */
  readonly points: readonly (Point | null)[];
}

function pointOf(sizes: readonly Size[]): Point | null {
  const trees = sizes.reduce((sum, size) => sum + size.trees, 0);
  if (trees === 0) return null;
  const mean = (of: 'tokens' | 'mean_pct') => sizes.reduce((sum, size) => sum + size.trees * size[of], 0) / trees;
  return { tokens: mean('tokens'), trees, mean_pct: mean('mean_pct') };
}

async function readLines(context: ReportContext): Promise<Line[]> {
  const sizes = await queryRows<Size>(context.database, new URL('./workload_size.sql', import.meta.url));
  const methods = await context.methods();
  const of = new Map<string, Size[]>();
  const keyOf = ({ predictor, features, variant }: Omit<Method, 'setting'>) => `${predictor}\n${features}\n${variant}`;
  for (const size of sizes) of.set(keyOf(size), [...(of.get(keyOf(size)) ?? []), size]);
  return methods.all.flatMap((method) => {
    const own = of.get(keyOf(method));
    if (!own) return [];
    return [
      { method, points: bins.map(({ from, to }) => pointOf(own.filter((s) => s.tokens > from && s.tokens <= to))) },
    ];
  });
}

const size = { width: 760, height: 420 };
const margin = { marginLeft: 56, marginTop: 16, marginRight: 270, marginBottom: 44 };

const tokenTicks = [256, 512, 1024, 2048, 4096, 8192];
const percentTicks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

/** All features, and the paper's method without resources; what diverges has no place on the picture. */
const isDrawn = ({ method: { features, predictor }, points }: Line): boolean =>
  (features === 'all' || predictor === 'end2end') && points.every((point) => !point || !diverges(point));

const colour = (method: Method): string => (isOfPaper(method.predictor) ? palette.paper : palette.ours);

/** An error of nothing has no place on a logarithmic axis. */
const leastPct = 0.01;

async function draw(context: ReportContext): Promise<Drawing | null> {
  const lines = (await readLines(context)).filter(isDrawn);
  const points = lines.flatMap(({ method, points: own }) =>
    own.flatMap((point) => (point ? [{ ...point, method, pct: Math.max(leastPct, point.mean_pct) }] : [])),
  );
  if (points.length === 0) return null;
  const ends = lines.flatMap(({ method }) => points.filter((point) => point.method === method).slice(-1));
  const domain = [0.8 * Math.min(...points.map(({ pct }) => pct)), 1.25 * Math.max(...points.map(({ pct }) => pct))];
  const yOf = (pct: number): number =>
    size.height - margin.marginBottom -
    (Math.log(pct / domain[0]) / Math.log(domain[1] / domain[0])) * (size.height - margin.marginTop - margin.marginBottom); // prettier-ignore
  const errorTicks = percentTicks.filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const shifts = spreadLabels(ends.map(({ pct }) => yOf(pct)));
  const tokens = points.map((point) => point.tokens);
  const [first, last] = [Math.min(...tokens), Math.max(...tokens)];
  const nameOf = (method: Method): string => `${settingShort(method.setting)} ${methodTitle(method)}`;
  const body = await chartBody((Plot) => ({
    ...size,
    ...margin,
    style: { fontSize: '12px' },
    x: { type: 'log', base: 2, label: 'tokens in a batch, mean of the bin', labelAnchor: 'center', labelArrow: 'none', ticks: tokenTicks.filter((tick) => tick >= first && tick <= last), tickFormat: String }, // prettier-ignore
    y: { type: 'log', domain, label: 'mean error at model level (%)', labelAnchor: 'center', labelArrow: 'none', ticks: errorTicks, tickFormat: String }, // prettier-ignore
    marks: [
      Plot.gridY({ stroke: palette.rule, strokeOpacity: 1, ticks: errorTicks }),
      ...lines.map(({ method }) =>
        Plot.line(
          points.filter((point) => point.method === method),
          { x: 'tokens', y: 'pct', stroke: colour(method), strokeWidth: 2 },
        ),
      ),
      Plot.dot(points, { x: 'tokens', y: 'pct', r: 3, fill: (point) => colour(point.method) }),
      ...ends.map(({ method, pct }, i) =>
        Plot.text([{ pct }], {
          x: () => last,
          y: 'pct',
          text: () => nameOf(method),
          textAnchor: 'start',
          dx: 12,
          dy: shifts[i],
          fill: colour(method),
        }),
      ),
    ],
  }));
  return {
    svg: svgDocument({
      id: workloadSize.id,
      title: workloadSize.title,
      description: `${workloadSize.caption} ${lines.length} predictors.`,
      source: context.source.label,
      ...size,
      body,
    }),
    csv: csvLines([
      ['setting', 'predictor', 'features', 'tokens', 'trees', 'error_pct', 'source'],
      ...points.map(({ method, tokens, trees, mean_pct }) => [
        method.setting,
        method.predictor,
        method.features,
        tokens,
        trees,
        mean_pct,
        context.source.label,
      ]),
    ]),
  };
}

export const workloadSize: Figure = {
  id: 'workload_size',
  title: 'Error by workload size',
  caption:
    'Mean error in % of whole models by the number of tokens in a batch (batch size × length), each model held out in turn, predictions averaged over seeds.',
  reads: ['predictions', 'errors'],
  paper: [],
  async build(context) {
    const lines = await readLines(context);
    const methods = await context.methods();
    const shown = bins.filter((_, i) => lines.some(({ points }) => points[i]));
    const trees = shown.map(
      (bin) => `${bin.title} ${Math.max(...lines.map(({ points }) => points[bins.indexOf(bin)]?.trees ?? 0))}`,
    );
    return {
      columns: [
        ...methodColumns,
        ...shown.map(({ name, title }) => ({ name, title: `${title} tokens`, unit: '%', decimals: 2 })),
      ],
      rows: lines.map(({ method, points }) => ({
        ...methodCells(method),
        ...Object.fromEntries(
          shown.map((bin) => {
            const point = points[bins.indexOf(bin)];
            return [bin.name, point && (diverges(point) ? 'diverges' : point.mean_pct)];
          }),
        ),
      })),
      notes: [
        `Trees of a size: ${trees.length > 0 ? trees.join(', ') : 'none was predicted'}.`,
        ...absentPredictorsNote(methods),
      ],
    };
  },
  draw,
};
