/** Table 5: errors at model level, model by model. */
import { byMachine } from '../by_machine.js';
import type { Errors } from '../errors_lookup.js';
import { beyondMark, label, modelsWith, paperModels, titleOf } from '../names.js';
import { absentModelsNote, cleanNote, missingNote, otherMachineNote, seedsNote } from '../notes.js';
import type { Output } from '../output.js';
import { paperNumber, statement, type PaperValues } from '../paper.js';
import { compared, type TableColumn } from '../table_json.js';

/** The models' columns and the two means that tables 5 and 6 have. */
export const modelColumns = (models: readonly string[], decimals: number): TableColumn[] => [
  ...models.map((name) => ({ name, title: titleOf(name), unit: '%', decimals })),
  { name: 'average', title: 'Mean of rows', unit: '%', decimals },
  { name: 'average_models', title: `Mean of models ${beyondMark}`, unit: '%', decimals },
];

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The plain mean of what the paper prints for its models. */
export function plainMean(
  paper: PaperValues,
  where: Readonly<Record<string, string>>,
  models: readonly string[],
): number {
  return mean(models.map((model) => paperNumber(paper, where, model)).filter((value) => value !== null));
}

function textNotes(paper: PaperValues, errors: Errors, models: readonly string[]): string[] {
  const atMost = statement(paper, 'at_most_pct');
  const above = (machine: string): string =>
    models
      .map((model) => ({ model, value: paperNumber(paper, { machine, system: 'end2end' }, model) }))
      .filter(({ value }) => value !== null && value > atMost)
      .map(({ model, value }) => `${machine} ${titleOf(model)} ${value!.toFixed(1)}`)
      .join(', ');
  const ours = models
    .map((model) => ({ model, row: errors.row({ level: 'model', model }) }))
    .sort((a, b) => (b.row?.mean_pct ?? 0) - (a.row?.mean_pct ?? 0))[0];
  const largest = ours?.row ? ` Ours is at most ${ours.row.mean_pct.toFixed(1)} % (${titleOf(ours.model)}).` : '';
  const pc2 = paperNumber(paper, { machine: 'PC2', system: 'end2end' }, 'average');
  const strubell = { machine: 'PC1', system: 'strubell' };
  return [
    `The paper’s text says “at most ${atMost} %”; its own table has ${[above('PC1'), above('PC2')].filter(Boolean).join(', ')}.${largest}`,
    `Its abstract says “under ${statement(paper, 'under_pct')} %”; PC2’s average is ${pc2}.`,
    `Not every average is a plain mean: Strubell et al. on PC1 is printed as ${paperNumber(paper, strubell, 'average')}, the plain mean of the printed values is ${plainMean(paper, strubell, models).toFixed(1)}. Both means of ours are given (${beyondMark}: not in the paper).`,
  ];
}

export const table5: Output = {
  id: 'table5',
  title: 'Table 5: errors at model level',
  caption: 'Mean error 100·|P − G|/G of a whole model’s predicted energy, each model held out in turn.',
  reads: ['errors'],
  paper: ['table5'],
  async build(context) {
    const [paper, errors] = await Promise.all([context.paper('table5'), context.errors()]);
    const models = modelsWith(errors.models());
    const rows = byMachine(context, (machine, mine) =>
      ['strubell', 'end2end'].flatMap((system) => {
        const where = { machine: machine.key, system };
        const own = mine && system === 'end2end';
        if (!own && !paper.rows.some((row) => row.machine === machine.key)) return [];
        const ours = (model: string) => (own ? errors.of({ level: 'model', model }) : null);
        return [
          {
            machine,
            system: label(system),
            ...Object.fromEntries(
              models.map((model) => [model, compared(paperNumber(paper, where, model), ours(model))]),
            ),
            average: compared(paperNumber(paper, where, 'average'), ours('all')),
            average_models: compared(null, own ? errors.of({ level: 'model', weighting: 'models' }) : null),
          },
        ];
      }),
    );
    const groups = ['all', ...models].map((model) => ({
      of: model === 'all' ? 'all models' : titleOf(model),
      keys: [{ level: 'model', model } as const],
    }));
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'system', title: 'System', unit: '' },
        ...modelColumns(models, 1),
      ],
      rows,
      notes: [
        ...seedsNote(errors, groups, 'model level'),
        ...cleanNote(errors, groups, 'model level'),
        ...textNotes(paper, errors, models),
        'Strubell et al.: the software measurement needs the energies of CPU and memory (RAPL), which were not released; their formula is in stages/energy/software_measurement.ts for benches that log them.',
        ...absentModelsNote(paperModels, errors.models()),
        ...missingNote(rows, otherMachineNote(context)),
      ],
    };
  },
};
