/** Figure 4 as a picture: accuracy against energy of those with a score, and a lane of energies for each hidden size. */
import { chartBody } from './chart.js';
import type { Miniature, Miniatures } from './miniatures.js';
import { palette } from './palette.js';
import { svgDocument } from './svg_document.js';

/** What the paper says of the models of some accuracy. */
export interface Claim {
  readonly accuracyPct: number;
  readonly fromJ: number;
  readonly toJ: number;
}

const width = 760;
const top = { height: 300, marginTop: 30, marginBottom: 26 };
const lanes = { height: 190, marginTop: 34, marginBottom: 44 };
const sides = { marginLeft: 64, marginRight: 24 };
const style = { fontSize: '12px' };

const ticks = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

const bounds = ({ energyJ, lowJ, highJ }: Miniature) => ({ low: lowJ ?? energyJ, high: highJ ?? energyJ });
/** The end of an interval, px high: Plot's own ticks are references, which a document of its own had better not have. */
const endHeight = 7;
const endShape = {
  draw(context: { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void }, length: number): void {
    context.moveTo(0, 0);
    context.lineTo(0, -length);
  },
};

const intervalEnds = (all: readonly Miniature[]) =>
  all.filter(hasInterval).flatMap((one) => [
    { ...one, at: one.lowJ },
    { ...one, at: one.highJ },
  ]);

const hasInterval = ({ lowJ, highJ }: Miniature): boolean => lowJ !== null && highJ !== null;
const named = ({ layers, hidden }: Miniature): string => `L${layers} H${hidden}`;

/** From the least to the greatest energy, with room for labels. */
function energyDomain(all: readonly Miniature[], { fromJ, toJ }: Claim): [number, number] {
  const low = Math.min(fromJ, ...all.map((one) => bounds(one).low));
  const high = Math.max(toJ, ...all.map((one) => bounds(one).high));
  return [low / 1.25, high * 1.25];
}

const energyScale = (domain: readonly [number, number]) => ({
  type: 'log' as const,
  domain,
  ticks: ticks.filter((tick) => tick >= domain[0] && tick <= domain[1]),
  tickFormat: String,
});

function accuracyChart(all: readonly Miniature[], claim: Claim, domain: readonly [number, number]): Promise<string> {
  const scored = all.filter((one) => one.accuracyPct !== null);
  const accuracies = [claim.accuracyPct, ...scored.map(({ accuracyPct }) => accuracyPct!)];
  const front = scored.filter(({ onFront }) => onFront);
  const room = 1.5; // percentage points above and below, for labels
  const x = energyScale(domain);
  const ends = [claim.fromJ, claim.toJ].map((energyJ) => ({ energyJ, accuracyPct: claim.accuracyPct }));
  return chartBody((Plot) => ({
    width,
    ...top,
    ...sides,
    style,
    x: { ...x, label: null },
    y: { domain: [Math.floor(Math.min(...accuracies) - room), Math.ceil(Math.max(...accuracies) + room)], label: 'accuracy on SST-2 (%)', labelAnchor: 'center', labelArrow: 'none', ticks: 6 }, // prettier-ignore
    marks: [
      Plot.gridY({ stroke: palette.rule, strokeOpacity: 1, ticks: 6 }),
      Plot.gridX({ stroke: palette.rule, strokeOpacity: 1, ticks: x.ticks }),
      Plot.line(ends, {
        x: 'energyJ',
        y: 'accuracyPct',
        stroke: palette.paper,
        strokeWidth: 2,
        strokeDasharray: '5 4',
      }),
      Plot.dot(ends, { x: 'energyJ', y: 'accuracyPct', symbol: 'diamond', r: 5, fill: palette.paper }),
      Plot.text(ends.slice(1), { x: 'energyJ', y: 'accuracyPct', text: () => `paper: ${claim.accuracyPct} % and above, ${claim.fromJ} to ${claim.toJ} J`, textAnchor: 'end', dy: 16, dx: 24, fill: palette.paper }), // prettier-ignore
      Plot.line(front, { x: 'energyJ', y: 'accuracyPct', curve: 'step-after', stroke: palette.ours, strokeOpacity: 0.45, strokeWidth: 1.5 }), // prettier-ignore
      Plot.ruleY(scored.filter(hasInterval), { y: 'accuracyPct', x1: (one) => bounds(one).low, x2: (one) => bounds(one).high, stroke: palette.ours, strokeWidth: 1.2 }), // prettier-ignore
      Plot.vector(intervalEnds(scored), { x: 'at', y: 'accuracyPct', length: endHeight, anchor: 'middle', shape: endShape, stroke: palette.ours, strokeWidth: 1.2 }), // prettier-ignore
      Plot.dot(scored, { x: 'energyJ', y: 'accuracyPct', r: 4, fill: (one: Miniature) => (one.onFront ? palette.ours : palette.ground), stroke: palette.ours, strokeWidth: 2 }), // prettier-ignore
      ...scored.map(
        (one) =>
        // Those off the front lie right of one that is on it: their names go below, out of its way.
        Plot.text([one], { x: 'energyJ', y: 'accuracyPct', text: () => `${named(one)}: ${one.accuracyPct} %`, textAnchor: 'start', dx: -8, dy: one.onFront ? -14 : 16, fill: palette.ours }), // prettier-ignore
      ),
    ],
  }));
}

function laneChart(
  all: readonly Miniature[],
  domain: readonly [number, number],
  coverage: number | null,
): Promise<string> {
  const hiddens = [...new Set(all.map(({ hidden }) => hidden))].sort((a, b) => b - a);
  const interval = coverage === null ? '' : ` with ${Math.round(100 * coverage)} % interval`;
  return chartBody((Plot) => ({
    width,
    ...lanes,
    ...sides,
    style,
    x: { ...energyScale(domain), label: `energy of a batch (J), predicted (planned, S3)${interval}`, labelAnchor: 'center', labelArrow: 'none' }, // prettier-ignore
    y: { type: 'point', domain: hiddens, label: null, tickFormat: (hidden: number) => `H${hidden}`, tickSize: 0 },
    marks: [
      Plot.ruleY(hiddens, { stroke: palette.rule, strokeOpacity: 1 }),
      Plot.ruleY(all.filter(hasInterval), { y: 'hidden', x1: (one) => bounds(one).low, x2: (one) => bounds(one).high, stroke: palette.ours, strokeWidth: 1.2 }), // prettier-ignore
      Plot.vector(intervalEnds(all), { x: 'at', y: 'hidden', length: endHeight, anchor: 'middle', shape: endShape, stroke: palette.ours, strokeWidth: 1.2 }), // prettier-ignore
      Plot.dot(all, { x: 'energyJ', y: 'hidden', r: 3, fill: (one: Miniature) => (one.accuracyPct === null ? palette.ground : palette.ours), stroke: palette.ours, strokeWidth: 1.5 }), // prettier-ignore
      Plot.text(all, { x: 'energyJ', y: 'hidden', text: (one: Miniature) => String(one.layers), dy: -11, fontSize: 10, fill: palette.muted }), // prettier-ignore
    ],
  }));
}

/** `miniatures` must hold one of each size; `figure` says what it is called. */
export async function miniaturesSvg(
  figure: { readonly id: string; readonly title: string; readonly caption: string },
  { all, example }: Miniatures,
  claim: Claim,
): Promise<string> {
  const domain = energyDomain(all, claim);
  const [above, below] = [await accuracyChart(all, claim, domain), await laneChart(all, domain, example.coverage)];
  const lead = `<text fill="${palette.muted}" x="${sides.marginLeft}" y="${top.height + 16}" font-size="12">All ${all.length}, by hidden size H; the number is that of the layers L; filled: with a published accuracy</text>`;
  return svgDocument({
    id: figure.id,
    title: figure.title,
    description: `${figure.caption} ${all.filter(({ accuracyPct }) => accuracyPct !== null).length} have an accuracy.`,
    source: `energies predicted by ${example.predictor}, fitted on ${example.source}; accuracies as their authors published them`,
    width,
    height: top.height + lanes.height,
    body: `${above}\n${lead}\n<g transform="translate(0,${top.height})">${below}</g>`,
  });
}
