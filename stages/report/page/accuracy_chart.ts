/** The error of each model as a picture: ours with the range of its seeds, the paper's beside it. */
import { chartBody } from '../figures/chart.js';
import { palette } from '../figures/palette.js';
import { svgDocument } from '../figures/svg_document.js';
import { modelsWith, titleOf } from '../names.js';
import type { ReportContext } from '../output.js';
import { paperNumber } from '../paper.js';

const rowHeight = 34;
const frame = { width: 640, marginLeft: 110, marginRight: 24, marginTop: 8, marginBottom: 44 };

export async function accuracyChart(report: ReportContext): Promise<string | null> {
  const [errors, paper] = await Promise.all([report.errors(), report.paper('table5')]);
  const rows = modelsWith(errors.models()).flatMap((model) => {
    const ours = errors.row({ level: 'model', model });
    const theirs = report.machine && paperNumber(paper, { machine: report.machine, system: 'end2end' }, model);
    return ours ? [{ title: titleOf(model), ours, theirs: theirs ?? null }] : [];
  });
  if (rows.length === 0) return null;
  const height = rows.length * rowHeight + frame.marginTop + frame.marginBottom;
  const printed = rows.filter((row) => row.theirs !== null);
  const body = await chartBody((Plot) => ({
    ...frame,
    height,
    style: { fontSize: '12px' },
    x: { label: 'error at model level (%)', labelAnchor: 'center', labelArrow: 'none', zero: true, nice: true },
    y: { label: null, domain: rows.map((row) => row.title), tickSize: 0 },
    marks: [
      Plot.gridX({ stroke: palette.rule, strokeOpacity: 1 }),
      Plot.ruleY(rows, {
        y: 'title',
        x1: (row) => row.ours.seed_min_pct,
        x2: (row) => row.ours.seed_max_pct,
        stroke: palette.ours,
        strokeWidth: 3,
        strokeOpacity: 0.5,
      }),
      Plot.dot(rows, { y: 'title', x: (row) => row.ours.mean_pct, r: 5, fill: palette.ours }),
      Plot.dot(printed, { y: 'title', x: 'theirs', symbol: 'diamond', r: 6, stroke: palette.paper, strokeWidth: 2 }),
    ],
  }));
  return svgDocument({
    id: 'accuracy',
    title: 'Error at model level by model',
    description: rows
      .map(
        (row) =>
          `${row.title} ${row.ours.mean_pct.toFixed(1)} %${row.theirs === null ? '' : `, paper ${row.theirs} %`}`,
      )
      .join('; '),
    source: report.source.label,
    width: frame.width,
    height,
    body,
  });
}
