/** The error of each predictor at model level as a picture, grouped by what it has measured: ours and the paper's. */
import { chartBody } from '../figures/chart.js';
import { palette } from '../figures/palette.js';
import { svgDocument } from '../figures/svg_document.js';
import { methodTitle, type Method, type Methods } from '../methods.js';
import { isOfPaper } from '../names.js';
import type { ReportContext } from '../output.js';
import { settingShort } from '../settings.js';

interface Bar {
  readonly name: string;
  readonly setting: string;
  readonly ofPaper: boolean;
  readonly mean_pct: number;
  /** Of the best and the worst model. */
  readonly best_pct: number;
  readonly worst_pct: number;
}

const level = 'model';

function bar(methods: Methods, method: Method): Bar[] {
  const row = methods.row(method, { level });
  if (!row || methods.cell(method, { level }) === 'diverges') return [];
  const each = methods
    .groups(level)
    .flatMap((model) => methods.row(method, { level, model })?.mean_pct ?? [])
    .concat(row.mean_pct);
  return [
    {
      name: `${settingShort(method.setting)}  ${methodTitle(method)}`,
      setting: method.setting,
      ofPaper: isOfPaper(method.predictor),
      mean_pct: row.mean_pct,
      best_pct: Math.min(...each),
      worst_pct: Math.max(...each),
    },
  ];
}

const rowHeight = 24;
const frame = { width: 720, marginLeft: 320, marginRight: 24, marginTop: 8, marginBottom: 44 };

/** An error of nothing has no place on a logarithmic axis. */
const leastPct = 0.01;

export async function settingsChart(report: ReportContext): Promise<string | null> {
  const methods = await report.methods();
  const bars = methods.all.flatMap((method) => bar(methods, method));
  if (bars.length === 0) return null;
  const height = bars.length * rowHeight + frame.marginTop + frame.marginBottom;
  const colour = ({ ofPaper }: Bar): string => (ofPaper ? palette.paper : palette.ours);
  const shown = (of: 'mean_pct' | 'best_pct' | 'worst_pct') => (row: Bar) => Math.max(leastPct, row[of]);
  const body = await chartBody((Plot) => ({
    ...frame,
    height,
    style: { fontSize: '12px' },
    x: {
      type: 'log',
      label: 'mean error at model level (%), logarithmic',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [0.1, 0.3, 1, 3, 10, 30, 100, 300],
      tickFormat: String,
      nice: true,
    },
    y: { label: null, domain: bars.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.gridX({ stroke: palette.rule, strokeOpacity: 1, ticks: [0.1, 0.3, 1, 3, 10, 30, 100, 300] }),
      Plot.ruleY(bars, {
        y: 'name',
        x1: shown('best_pct'),
        x2: shown('worst_pct'),
        stroke: colour,
        strokeWidth: 3,
        strokeOpacity: 0.5,
      }),
      Plot.dot(bars, {
        y: 'name',
        x: shown('mean_pct'),
        r: 5,
        fill: colour,
        symbol: (row: Bar) => (row.ofPaper ? 'diamond' : 'circle'),
      }),
    ],
  }));
  return svgDocument({
    id: 'settings-chart',
    title: 'Error at model level by what is known',
    description: bars.map(({ name, mean_pct }) => `${name} ${mean_pct.toFixed(2)} %`).join('; '),
    source: report.source.label,
    width: frame.width,
    height,
    body,
  });
}
