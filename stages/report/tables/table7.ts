/** Table 7: errors at ML level, primitive by primitive. */
import { byMachine } from '../by_machine.js';
import { beyondMark } from '../names.js';
import { cleanNote, missingNote, otherMachineNote } from '../notes.js';
import type { Output } from '../output.js';
import { paperNumber } from '../paper.js';
import { compared } from '../table_json.js';
import { mean, plainMean } from './table5.js';

const paperTypes = ['Embedding', 'LayerNorm', 'Linear', 'Tanh', 'MatMul', 'Softmax', 'Conv1D'] as const;

export const table7: Output = {
  id: 'table7',
  title: 'Table 7: errors at ML level',
  caption:
    'Mean error of the predicted energy of primitives, one linear regressor a type, each model held out in turn.',
  reads: ['errors'],
  paper: ['table7'],
  async build(context) {
    const [paper, errors] = await Promise.all([context.paper('table7'), context.errors()]);
    const types = [...new Set<string>([...paperTypes, ...errors.types()])];
    const ofType = (type: string) => errors.of({ level: 'ml', model: `type:${type}` });
    const means = types
      .map((type) => errors.row({ level: 'ml', model: `type:${type}` })?.mean_pct)
      .filter((value) => value !== undefined);
    const rows = byMachine(context, (machine, mine) => {
      const where = { machine: machine.key };
      return [
        {
          machine,
          ...Object.fromEntries(
            types.map((type) => [type, compared(paperNumber(paper, where, type), mine ? ofType(type) : null)]),
          ),
          average: compared(paperNumber(paper, where, 'average'), mine ? errors.of({ level: 'ml' }) : null),
          average_types: compared(null, mine && means.length > 0 ? mean(means) : null),
        },
      ];
    });
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        ...types.map((name) => ({ name, title: name, unit: '%', decimals: 2 })),
        { name: 'average', title: 'Mean of rows', unit: '%', decimals: 2 },
        { name: 'average_types', title: `Mean of types ${beyondMark}`, unit: '%', decimals: 2 },
      ],
      rows,
      notes: [
        ...cleanNote(errors, [{ of: 'all primitives', keys: [{ level: 'ml' }] }], 'ML level'),
        `The paper’s averages weigh every row alike; the plain means of the types it prints are PC1 ${plainMean(paper, { machine: 'PC1' }, types).toFixed(2)} and PC2 ${plainMean(paper, { machine: 'PC2' }, types).toFixed(2)}. Both means of ours are given (${beyondMark}: not in the paper).`,
        `Rows that stand for one measurement count as often as they occur: in the GPTs mlp.c_proj is a copy of mlp.c_fc, and both MatMul of an attention are the first, since equal type, operations and bytes were ${context.origin} once.`,
        ...missingNote(rows, otherMachineNote(context)),
      ],
    };
  },
};
