/** Table 6: errors at module level, model by model. */
import { byMachine } from '../by_machine.js';
import { beyondMark, modelsWith, paperModels, titleOf } from '../names.js';
import { absentModelsNote, cleanNote, missingNote, otherMachineNote, seedsNote } from '../notes.js';
import type { Output } from '../output.js';
import { paperNumber } from '../paper.js';
import { compared } from '../table_json.js';
import { modelColumns, plainMean } from './table5.js';

export const table6: Output = {
  id: 'table6',
  title: 'Table 6: errors at module level',
  caption:
    'Mean error of the predicted energy of every node between the root and the primitives, each model held out in turn (End2End).',
  reads: ['errors'],
  paper: ['table6'],
  async build(context) {
    const [paper, errors] = await Promise.all([context.paper('table6'), context.errors()]);
    const models = modelsWith(errors.models());
    const rows = byMachine(context, (machine, mine) => {
      const where = { machine: machine.key };
      const ours = (model: string) => (mine ? errors.of({ level: 'module', model }) : null);
      return [
        {
          machine,
          ...Object.fromEntries(
            models.map((model) => [model, compared(paperNumber(paper, where, model), ours(model))]),
          ),
          average: compared(paperNumber(paper, where, 'average'), ours('all')),
          average_models: compared(null, mine ? errors.of({ level: 'module', weighting: 'models' }) : null),
        },
      ];
    });
    const groups = ['all', ...models].map((model) => ({
      of: model === 'all' ? 'all models' : titleOf(model),
      keys: [{ level: 'module', model } as const],
    }));
    const plain = (machine: string): string => `${machine} ${plainMean(paper, { machine }, models).toFixed(2)}`;
    return {
      columns: [{ name: 'machine', title: 'Machine', unit: '' }, ...modelColumns(models, 2)],
      rows,
      notes: [
        ...seedsNote(errors, groups, 'module level'),
        ...cleanNote(errors, groups, 'module level'),
        `The paper’s averages weigh every row alike, so models with many modules count most; the plain means of what it prints are ${plain('PC1')} and ${plain('PC2')}. Both means of ours are given (${beyondMark}: not in the paper).`,
        ...absentModelsNote(paperModels, errors.models()),
        ...missingNote(rows, otherMachineNote(context)),
      ],
    };
  },
};
