/** Figure 4: accuracy against predicted energy of the 24 BERT miniatures. */
import { abridged } from '../../../pipeline/abridged.js';
import { label } from '../names.js';
import { captionOf, type ReportContext } from '../output.js';
import type { PaperValues } from '../paper.js';
import { paperRows } from '../paper.js';
import { csvLines } from '../render/csv.js';
import { benchFor, rests } from '../shipped.js';
import { compared, type Ours, type TableRow } from '../table_json.js';
import type { Drawing, Figure } from './figure.js';
import { miniatureFiles } from './miniature_files.js';
import type { Miniature, Miniatures } from './miniatures.js';

export const nameOf = ({ layers, hidden }: Pick<Miniature, 'layers' | 'hidden'>): string => `L${layers} H${hidden}`;

function paperValue(paper: PaperValues, quantity: string): number {
  const value = paperRows(paper, { quantity })[0]?.value;
  if (typeof value !== 'number') throw new Error(`figure4: the paper's values lack ${quantity}`);
  return value;
}

/** Ours of what the paper says in words: of the miniatures with a published score only. */
function ourValues({ all }: Miniatures, targetPct: number): Readonly<Record<string, Ours>> {
  const reaching = all.filter(({ accuracyPct }) => accuracyPct !== null && accuracyPct >= targetPct);
  return {
    models: all.length,
    cheapest_j: reaching[0]?.energyJ ?? null,
    dearest_j: reaching.at(-1)?.energyJ ?? null,
  };
}

/** Of a share of so many right answers, percentage points. */
const standardErrorPct = (accuracyPct: number, inputs: number): number =>
  Math.sqrt((accuracyPct * (100 - accuracyPct)) / inputs);

/** Sentences of the SST-2 test set (Wang et al. 2018, GLUE, table 1: 1.8k). */
const testSentences = 1821;

function notes({ all, example, overlaps }: Miniatures, targetPct: number): string[] {
  const scored = all.filter(({ accuracyPct }) => accuracyPct !== null);
  const front = scored.filter(({ onFront }) => onFront).map(nameOf);
  const open = scored.filter(({ standing }) => standing === 'open').map(nameOf);
  const errors = scored.map(({ accuracyPct }) => standardErrorPct(accuracyPct!, testSentences));
  const reaching = scored.filter(({ accuracyPct }) => accuracyPct! >= targetPct);
  const extrapolated = all.filter(({ extrapolatedBy }) => extrapolatedBy !== null).length;
  return [
    rests(example),
    `SST-2 scores only as their authors published them: ${scored.length} of ${all.length} (data/accuracy/sst2.csv, each with its source); the others have an energy and no accuracy. The paper fine-tuned all 24 itself and did not release the scores.`,
    `Front among those scored, by the predicted energies: ${front.join(', ') || 'none'}${open.length > 0 ? `; the intervals leave ${open.join(', ')} open` : '; no interval puts it in doubt'}. A score on ${testSentences} test sentences has a standard error of ${Math.min(...errors).toFixed(1)} to ${Math.max(...errors).toFixed(1)} points, so scores nearer than that do not part models either.`,
    `The paper’s 4 to 12 J are of all its models of ${targetPct} % and more; ours of the ${reaching.length} scored ones (${reaching.map(nameOf).join(', ')}).`,
    example.coverage === null
      ? 'No intervals are fitted: which energies cannot be told apart cannot be said.'
      : `Energies whose ${Math.round(100 * example.coverage)} % intervals overlap cannot be told apart: ${
          overlaps.length === 0
            ? 'none'
            : abridged(
                overlaps.map(([a, b]) => `${nameOf(all[a])} and ${nameOf(all[b])}`),
                9,
              )
        }. Their predictions share constants, and so errors: two that overlap may still be in the right order.`,
    'L12 H768 has the sizes of BERT-base, which the predictor was fitted on; the other 23 have none of a model that it knows. The score of BERT-base itself is of another training and left out.',
    ...(extrapolated > 0
      ? [
          `${extrapolated} of ${all.length} go beyond what the predictor was fitted on (hidden sizes other than 768): extrapolated.`,
        ]
      : []),
  ];
}

/** In words, for the column. */
const standingTitles = { on: 'on the front', open: 'open', off: 'off the front' } as const;

function miniatureRow(one: Miniature, bench: string): TableRow {
  return {
    quantity: label(one.model, nameOf(one)),
    value: compared(null, one.energyJ),
    unit: 'J',
    low_j: one.lowJ,
    high_j: one.highJ,
    latency_ms: one.latencyS === null ? null : 1e3 * one.latencyS,
    accuracy_pct: one.accuracyPct,
    front: one.standing && label(one.standing, standingTitles[one.standing]),
    source: `predicted, planned (S3), ${bench}${one.accuracySource ? `; accuracy: ${one.accuracySource}` : ''}`,
  };
}

const columns = [
  { name: 'quantity', title: 'Quantity or model', unit: '' },
  { name: 'value', title: 'Value', unit: '', decimals: 2 },
  { name: 'unit', title: 'Unit', unit: '' },
  { name: 'low_j', title: 'from', unit: 'J', decimals: 2 },
  { name: 'high_j', title: 'to', unit: 'J', decimals: 2 },
  { name: 'latency_ms', title: 'Latency', unit: 'ms', decimals: 1 },
  { name: 'accuracy_pct', title: 'SST-2', unit: '%', decimals: 1 },
  { name: 'front', title: 'Front', unit: '' },
  { name: 'source', title: 'Source', unit: '' },
];

/** The table's body of the paper's values and, where there are any, of ours. */
export function figureBody(paper: PaperValues, ours: Miniatures | string) {
  const target = paperValue(paper, 'accuracy_target_pct');
  const values = typeof ours === 'string' ? {} : ourValues(ours, target);
  const empty = { low_j: null, high_j: null, latency_ms: null, accuracy_pct: null, front: null };
  const rows = paper.rows.map(({ quantity, value, unit, means }): TableRow => ({
    quantity: label(String(quantity), String(means)),
    value: compared(Number(value), values[String(quantity)] ?? null),
    unit: String(unit),
    ...empty,
    source: String(quantity) in values ? `paper; ours predicted, planned (S3), of those scored` : 'paper',
  }));
  if (typeof ours === 'string') return { columns, rows, notes: [ours] };
  return {
    columns,
    rows: [...rows, ...ours.all.map((one) => miniatureRow(one, ours.example.bench))],
    notes: notes(ours, target),
  };
}

/** Predicted where it can be, else the reason. */
async function ours(context: ReportContext, paper: PaperValues): Promise<Miniatures | string> {
  const bench = await benchFor(context);
  if (typeof bench === 'string') return bench;
  const { predictMiniatures } = await import('./miniatures.js');
  return predictMiniatures(bench, { batchSize: paperValue(paper, 'batch_size'), length: paperValue(paper, 'length') });
}

const csvOf = ({ all, example }: Miniatures): string =>
  csvLines([
    ['model', 'layers', 'hidden', 'setting', 'energy_j', 'low_j', 'high_j', 'accuracy_pct', 'standing', 'accuracy_source', 'source'], // prettier-ignore
    ...all.map((one) => [one.model, one.layers, one.hidden, example.setting, one.energyJ, one.lowJ, one.highJ, one.accuracyPct, one.standing, one.accuracySource, `predicted by ${example.predictor}, fitted on ${example.source}`]), // prettier-ignore
  ]);

async function draw(context: ReportContext): Promise<Drawing | null> {
  const paper = await context.paper('figure4');
  const found = await ours(context, paper);
  if (typeof found === 'string') return null;
  const { miniaturesSvg } = await import('./miniatures_svg.js');
  const claim = {
    accuracyPct: paperValue(paper, 'accuracy_target_pct'),
    fromJ: paperValue(paper, 'cheapest_j'),
    toJ: paperValue(paper, 'dearest_j'),
  };
  return {
    svg: await miniaturesSvg({ ...figure4, caption: captionOf(figure4, context) }, found, claim),
    csv: csvOf(found),
  };
}

export const figure4: Figure = {
  id: 'figure4',
  title: 'Figure 4: accuracy against energy of the BERT miniatures',
  caption:
    'Energy of a batch of 16 × 128 tokens, predicted from the specification alone (planned, S3) with its interval, against accuracy on SST-2 where the authors of the models published it; below, the energies of all 24.',
  reads: [],
  paper: ['figure4'],
  files: miniatureFiles,
  async build(context) {
    const paper = await context.paper('figure4');
    return figureBody(paper, await ours(context, paper));
  },
  draw,
};
