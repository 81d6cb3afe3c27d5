/** Each model by module: what it takes, what the paper predicts, and what each predictor of ours does. */
import { capitalized, type Origin } from '../../energy/benches/origin.js';
import { absentPredictorsNote, type Methods } from '../methods.js';
import { label, modelsWith, titleOf } from '../names.js';
import type { Output, ReportContext } from '../output.js';
import { paperRows } from '../paper.js';
import { settingShort, settingsNote } from '../settings.js';
import { compared, type TableColumn, type TableRow } from '../table_json.js';
import { ModuleShares, type PaperShare } from './module_shares.js';

/** In the order of what they know of the model. */
const wanted = ['law', 'children', 'composition', 'planned', 'planned_catalogue'] as const;

/** The paper's share of a module, from Tables 10 and 12. */
async function printed({ machine, paper }: ReportContext): Promise<(model: string, type: string) => number | null> {
  const tables = [await paper('table10'), await paper('table12')];
  return (model, type) => {
    const rows = tables.flatMap((table) =>
      paperRows(table, { machine: machine ?? '', model }),
    ) as unknown as PaperShare[];
    return rows.find((row) => (row.here ?? row.type) === type)?.share ?? null;
  };
}

function rowsOf(
  model: string,
  shares: ModuleShares,
  predictors: readonly string[],
  paper: (model: string, type: string) => number | null,
): TableRow[] {
  const parts: TableRow[] = shares.measured(model).map(({ type, share_pct }) => ({
    model: label(model),
    type,
    wall_pct: share_pct,
    end2end: compared(paper(model, type), shares.share(model, type, 'end2end')),
    ...Object.fromEntries(predictors.map((predictor) => [predictor, shares.ofRoot(model, type, predictor)])),
  }));
  const sum: TableRow = {
    model: label(model),
    type: label('all', 'together'),
    wall_pct: shares.sum(model, 'measured'),
    end2end: shares.sum(model, 'end2end'),
    ...Object.fromEntries(predictors.map((predictor) => [predictor, shares.sum(model, predictor)])),
  };
  return [...parts, sum];
}

/** Models whose greatest module a predictor takes for another. */
function rankNote(
  shares: ModuleShares,
  predictors: readonly string[],
  models: readonly string[],
  origin: Origin,
): string[] {
  const wrong = ['end2end', ...predictors].flatMap((predictor) => {
    const of = models.filter((model) => {
      const [first] = shares.ranked(model, predictor);
      return first !== undefined && first.type !== shares.measured(model)[0].type;
    });
    return of.length === 0 ? [] : [`${titleOf(predictor)} (${of.map(titleOf).join(', ')})`];
  });
  return [
    wrong.length === 0
      ? `Every predictor names the module that takes most as it was ${origin}.`
      : `Another module than the ${origin} one is named as the greatest by ${wrong.join(', ')}.`,
  ];
}

const column = (methods: Methods, predictor: string): TableColumn => {
  const method = methods.find(predictor);
  const title = method ? `${settingShort(method.setting)} ${titleOf(predictor)}` : titleOf(predictor);
  return { name: predictor, title, unit: '%', decimals: 2 };
};

export const modules: Output = {
  id: 'modules',
  title: 'Each model by module',
  caption: (origin) =>
    `Share of a model’s energy in % that its lowest modules take, summed over all input sizes, over the root’s sum: ${origin}, as the paper predicts it, and by each predictor with the model held out.`,
  reads: ['features', 'predictions', 'errors'],
  paper: ['table10', 'table12'],
  async build(context) {
    const shares = await ModuleShares.read(context);
    const methods = await context.methods();
    const paper = await printed(context);
    const present = shares.models();
    const predictors = wanted.filter((predictor) => methods.find(predictor));
    const models = modelsWith(present).filter((model) => present.includes(model));
    return {
      columns: [
        { name: 'model', title: 'Model', unit: '' },
        { name: 'type', title: 'Module', unit: '' },
        { name: 'wall_pct', title: capitalized(context.origin), unit: '%', decimals: 2 },
        column(methods, 'end2end'),
        ...predictors.map((predictor) => column(methods, predictor)),
      ],
      rows: models.flatMap((model) => rowsOf(model, shares, predictors, paper)),
      notes: [
        ...rankNote(shares, predictors, models, context.origin),
        'The paper’s End2End, printed and re-run (variant paper, as in Tables 10 and 12), is in shares of the modules together; all other columns, and the lines “together”, are of the whole model. What “together” lacks of 100 the model adds to its modules; what it has too much they take less together than alone.',
        settingsNote,
        ...absentPredictorsNote(methods, ['end2end', ...wanted]),
      ],
    };
  },
};
