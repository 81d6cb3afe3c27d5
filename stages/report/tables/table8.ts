/** Table 8: what the features are worth. */
import { byMachine } from '../by_machine.js';
import type { Errors } from '../errors_lookup.js';
import { label } from '../names.js';
import { cleanNote, plainMeansNote, seedsNote } from '../notes.js';
import type { Output } from '../output.js';
import { paperNumber, type PaperValues } from '../paper.js';
import { compared } from '../table_json.js';

const sets = [
  { key: 'all', title: 'IrEne, all features' },
  { key: 'model_only', title: 'without resource features' },
  { key: 'resource_only', title: 'without model features' },
] as const;

const levels = [
  { name: 'ml', title: 'ML' },
  { name: 'module', title: 'Module' },
  { name: 'model', title: 'Model' },
] as const;

const order = 'ML / module / model';

const groups = sets.map(({ key, title }) => ({
  of: title,
  keys: levels.map(({ name }) => ({ level: name, features: key })),
}));

/** The paper's three values at model level against one seed's deviation. */
function chanceNote(paper: PaperValues, errors: Errors): string[] {
  const values = sets
    .map(({ key }) => paperNumber(paper, { features: key }, 'model'))
    .filter((value) => value !== null);
  const deviations = sets.flatMap(({ key }) => errors.row({ level: 'model', features: key })?.seed_sd_pct ?? []);
  if (deviations.length === 0) return [];
  const gaps = values.slice(1).map((value) => (value - values[0]).toFixed(2));
  return [
    `At model level the paper’s ${values.join(', ')} are ${gaps.join(' and ')} points apart from the first; one seed’s standard deviation here is ${deviations.map((sd) => sd.toFixed(1)).join(', ')}. A difference of about one deviation between single runs does not rank the feature sets.`,
  ];
}

export const table8: Output = {
  id: 'table8',
  title: 'Table 8: errors with parts of the features',
  caption:
    'Mean error at the three levels with all features, without those of the resources, and without those of the model (End2End and its leaf regressors).',
  reads: ['errors'],
  paper: ['table8'],
  async build(context) {
    const [paper, errors] = await Promise.all([context.paper('table8'), context.errors()]);
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'features', title: 'Features', unit: '' },
        ...levels.map((level) => ({ ...level, unit: '%', decimals: 2 })),
      ],
      rows: byMachine(
        context,
        (machine, mine) =>
          sets.map(({ key, title }) => ({
            machine,
            features: label(key, title),
            ...Object.fromEntries(
              levels.map(({ name }) => [
                name,
                compared(
                  paperNumber(paper, { machine: machine.key, features: key }, name),
                  mine ? errors.of({ level: name, features: key }) : null,
                ),
              ]),
            ),
          })),
        ['PC1'],
      ),
      notes: [
        ...chanceNote(paper, errors),
        ...seedsNote(errors, groups, 'module / model'),
        ...cleanNote(errors, groups, order),
        ...plainMeansNote(errors, groups, order),
      ],
    };
  },
};
