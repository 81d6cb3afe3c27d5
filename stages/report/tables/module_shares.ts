/** Which modules take the energy: measured, as the paper predicts it, and as ours do. Tables 10 and 12 are of this kind. */
import { capitalized, type Origin } from '../../energy/benches/origin.js';
import { byMachine } from '../by_machine.js';
import { label, titleOf } from '../names.js';
import { absentModelsNote } from '../notes.js';
import type { Output, ReportContext } from '../output.js';
import { paperRows, type PaperValues } from '../paper.js';
import { queryRows } from '../query_rows.js';
import { compared, type TableBody, type TableRow } from '../table_json.js';

interface Share {
  model: string;
  type: string;
  /** `measured`, or a predictor. */
  predictor: string;
  of_root_pct: number;
  of_parts_pct: number;
}

/** Shares in %, by model, module type and predictor. */
export class ModuleShares {
  private constructor(private readonly rows: readonly Share[]) {}

  static async read({ database }: ReportContext): Promise<ModuleShares> {
    return new ModuleShares(await queryRows(database, new URL('./module_shares.sql', import.meta.url)));
  }

  /** Measured shares are of the root; predicted ones of the parts together, as the paper's are: those add up to 100. */
  share(model: string, type: string, predictor: string): number | null {
    const row = this.of(model, predictor).find((share) => share.type === type);
    if (!row) return null;
    return predictor === 'measured' ? row.of_root_pct : row.of_parts_pct;
  }

  /** The same, all of them of the root, measured or predicted. */
  ofRoot(model: string, type: string, predictor: string): number | null {
    return this.of(model, predictor).find((share) => share.type === type)?.of_root_pct ?? null;
  }

  /** What a model's parts add up to, in % of the root. */
  sum(model: string, predictor: string): number | null {
    const rows = this.of(model, predictor);
    return rows.length === 0 ? null : rows.reduce((total, row) => total + row.of_root_pct, 0);
  }

  models(): string[] {
    return [...new Set(this.rows.map((row) => row.model))];
  }

  /** A model's parts with their measured share of the root, the greatest first. */
  measured(model: string): { type: string; share_pct: number }[] {
    return this.ranked(model, 'measured');
  }

  /** The same as one of ours predicts it. */
  ranked(model: string, predictor: string): { type: string; share_pct: number }[] {
    return this.of(model, predictor)
      .map(({ type, of_root_pct }) => ({ type, share_pct: of_root_pct }))
      .sort((a, b) => b.share_pct - a.share_pct || (a.type < b.type ? -1 : 1));
  }

  private of(model: string, predictor: string): Share[] {
    return this.rows.filter((row) => row.model === model && row.predictor === predictor);
  }
}

export interface PaperShare {
  model: string;
  /** As the paper names it. */
  type: string;
  /** As it is called in the trees, where the paper has another name. */
  here?: string;
  share: number;
}

const greatest = <Row>(rows: readonly Row[], of: (row: Row) => number): Row | undefined =>
  [...rows].sort((a, b) => of(b) - of(a))[0];

/** Measured and predicted bottleneck of each model, and what the paper's shares add up to. */
function notes(paper: PaperValues, shares: ModuleShares, models: readonly string[], origin: Origin): string[] {
  const ranks = models.flatMap((model) => {
    const first = shares.measured(model)[0];
    const theirs = greatest(paperRows(paper, { model }) as unknown as PaperShare[], (row) => row.share);
    if (!first || !theirs) return [];
    const same = (theirs.here ?? theirs.type) === first.type;
    const predicted = same ? 'as predicted there' : `predicted there ${theirs.type} (${theirs.share} %)`;
    return [`${titleOf(model)} ${first.type} (${first.share_pct.toFixed(1)} %), ${predicted}`];
  });
  const sums = models.map((model) => {
    const sum = (paperRows(paper, { model }) as unknown as PaperShare[]).reduce((total, row) => total + row.share, 0);
    return `${titleOf(model)} ${sum.toFixed(2)}`;
  });
  const overRoot = models.flatMap((model) => {
    const [measured, predicted] = ['measured', 'end2end'].map((of) => shares.sum(model, of));
    return measured === null || predicted === null
      ? []
      : [`${titleOf(model)} ${measured.toFixed(1)} and ${predicted.toFixed(1)}`];
  });
  return [
    `The paper’s shares are predicted ones. ${ranks.length > 0 ? `Greatest ${origin} share: ${ranks.join('; ')}. ` : ''}Where a predicted rank differs from the ${origin} one, the different bottleneck is the predictor’s error, not the model’s.`,
    `The paper’s printed shares add up to ${sums.join(', ')} %: they are of the modules together, and so are the predicted ones of ours. ${capitalized(origin)} shares are of the whole model.`,
    ...(overRoot.length > 0
      ? [
          `Over the root the modules add up to, ${origin} and by End2End in %: ${overRoot.join('; ')}. Every node was ${origin} alone, and a predicted root is a weighted sum.`,
        ]
      : []),
  ];
}

function row(
  paper: PaperShare,
  shares: ModuleShares,
  machine: TableRow['machine'],
  value: number | null,
  mine: boolean,
): TableRow {
  const type = paper.here ?? paper.type;
  const of = (predictor: string): number | null => (mine ? shares.share(paper.model, type, predictor) : null);
  return {
    machine,
    model: label(paper.model),
    type: label(type, paper.here ? `${paper.here} (paper: ${paper.type})` : type),
    wall_pct: of('measured'),
    end2end: compared(value, of('end2end')),
    stepwise: of('stepwise'),
    predicted_sum: of('predicted_sum'),
  };
}

async function build(context: ReportContext, id: string): Promise<TableBody> {
  const [paper, shares] = await Promise.all([context.paper(id), ModuleShares.read(context)]);
  const named = paper.rows as unknown as PaperShare[];
  const models = [...new Set(named.map((row) => row.model))];
  return {
    columns: [
      { name: 'machine', title: 'Machine', unit: '' },
      { name: 'model', title: 'Model', unit: '' },
      { name: 'type', title: 'Module', unit: '' },
      { name: 'wall_pct', title: capitalized(context.origin), unit: '%', decimals: 2 },
      { name: 'end2end', title: 'End2End', unit: '%', decimals: 2 },
      { name: 'stepwise', title: 'StepWise', unit: '%', decimals: 2 },
      { name: 'predicted_sum', title: 'PredictedSum', unit: '%', decimals: 2 },
    ],
    rows: byMachine(
      context,
      (machine, mine) => named.map((of) => row(of, shares, machine, machine.key === 'PC1' ? of.share : null, mine)),
      ['PC1'],
    ),
    notes: [
      ...notes(paper, shares, models, context.origin),
      ...absentModelsNote(
        models,
        models.filter((model) => shares.sum(model, 'measured') !== null),
      ),
    ],
  };
}

/** A table of module shares; the paper's rows under `id` say of which models and modules. */
export function moduleShares(id: string, title: string): Output {
  return {
    id,
    title,
    caption: (origin) =>
      `Share of a model’s energy that its lowest modules take, all input sizes together: ${origin}, as the paper’s End2End predicts it, and as each of ours does (seeds averaged).`,
    reads: ['features', 'predictions'],
    paper: [id],
    build: (context) => build(context, id),
  };
}
