/** Table 4: how many nodes and trees there are. */
import { byMachine } from '../by_machine.js';
import { beyondMark, label, paperModels, titleOf } from '../names.js';
import { absentModelsNote } from '../notes.js';
import type { Output } from '../output.js';
import { paperNumber, statement, type PaperValues } from '../paper.js';
import { queryRows } from '../query_rows.js';
import { compared } from '../table_json.js';

interface Counts {
  model: string;
  ml: number;
  module: number;
  trees: number;
  depth: number;
  batch_sizes: number;
  lengths: number;
}

const quantities = [
  { key: 'ml', title: 'ML nodes', of: (counts: Counts) => counts.ml },
  { key: 'module', title: 'Module nodes', of: (counts: Counts) => counts.module },
  { key: 'model', title: 'Model nodes (trees)', of: (counts: Counts) => counts.trees },
  { key: 'depth', title: 'Depth of the tree', of: (counts: Counts) => counts.depth },
] as const;

function treesNote(paper: PaperValues, counts: readonly Counts[]): string[] {
  const grid = statement(paper, 'batch_sizes') * statement(paper, 'lengths');
  const trees = statement(paper, 'trees');
  const here = counts.map((of) => `${titleOf(of.model)} ${of.trees}`).join(', ');
  const perTree = counts.map((of) => `${titleOf(of.model)} ${of.ml / of.trees} + ${of.module / of.trees}`).join(', ');
  const gpt2 = counts.find((of) => of.model === 'gpt2');
  const paperMl = paperNumber(paper, { quantity: 'ml' }, 'gpt2');
  const paperTrees = gpt2 && paperMl !== null ? (paperMl * gpt2.trees) / gpt2.ml : null;
  const count =
    paperTrees !== null && Number.isInteger(paperTrees) && paperTrees !== trees
      ? ` The paper’s counts of GPT2 are those of ${paperTrees} trees, not of the ${trees} it names.`
      : '';
  return [
    `The paper’s grid has ${grid} sizes and its caption names ${trees} trees a model: four inputs did not fit PC1’s memory. Trees here: ${here}.${count}`,
    `ML + module nodes of one tree: ${perTree}.`,
  ];
}

export const table4: Output = {
  id: 'table4',
  title: 'Table 4: the energy dataset',
  caption: (origin) =>
    `Nodes with features and ${origin} energy, all input sizes together, counted from the trees of this run.`,
  reads: ['nodes'],
  paper: ['table4'],
  async build(context) {
    const paper = await context.paper('table4');
    const counts = await queryRows<Counts>(context.database, new URL('./table4.sql', import.meta.url));
    const byModel = new Map(counts.map((of) => [of.model, of]));
    const models = [...new Set([...paperModels, ...byModel.keys()])];
    const inPaper = (model: string): boolean => paper.rows.some((row) => model in row);
    const ordered = [...models.filter(inPaper), ...models.filter((model) => !inPaper(model))];
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'quantity', title: 'Quantity', unit: '' },
        ...ordered.map((name) => ({
          name,
          title: inPaper(name) ? titleOf(name) : `${titleOf(name)} ${beyondMark}`,
          unit: '',
          decimals: 0,
        })),
      ],
      rows: byMachine(
        context,
        (machine, mine) =>
          quantities.map(({ key, title, of }) => ({
            machine,
            quantity: label(key, title),
            ...Object.fromEntries(
              ordered.map((model) => {
                const own = byModel.get(model);
                return [
                  model,
                  compared(
                    paperNumber(paper, { machine: machine.key, quantity: key }, model),
                    mine && own ? of(own) : null,
                  ),
                ];
              }),
            ),
          })),
        ['PC1'],
      ),
      notes: [
        ...treesNote(paper, counts),
        'ML nodes are rows: both MatMul of an attention count. Depth counts levels, the root and functions included.',
        `${beyondMark} Not in the paper’s table.`,
        ...absentModelsNote(paperModels, byModel.keys()),
      ],
    };
  },
};
