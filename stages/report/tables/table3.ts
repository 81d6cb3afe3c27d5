/** Table 3: what a million questions cost, from the measured energy of one batch. */
import { joulesPerKwh, kwhPerMillion } from '../../energy/prediction/cost.js';
import { byMachine } from '../by_machine.js';
import { label, titleOf } from '../names.js';
import type { Output } from '../output.js';
import { paperNumber, paperRows, statement } from '../paper.js';
import { queryRows } from '../query_rows.js';
import { numberText } from '../render/cell.js';
import { compared } from '../table_json.js';

const million = 1e6;

const titles: Readonly<Record<string, string>> = {
  one_passage: 'Questions over one passage',
  '150_passages': 'Questions over 150 passages',
};

function notes(paperKwh: number | null, batchJ: number | null, batch: number): string[] {
  const cost = 'Cost is energy at the configured price; search, retrieval and cooling are left out.';
  if (batchJ === null) return ['This run does not have that workload.', cost];
  const perBatches = (batchJ * million) / joulesPerKwh;
  const perInputs = kwhPerMillion(batchJ, batch);
  const ratio =
    paperKwh === null
      ? ''
      : ` The paper’s ${paperKwh} kWh is ${numberText(paperKwh / perBatches, 1)} times the former and ${numberText(paperKwh / perInputs, 0)} times the latter.`;
  return [
    `A batch takes ${batchJ.toFixed(2)} J: ${perBatches.toFixed(2)} kWh for a million batches, ${perInputs.toFixed(2)} kWh for a million questions of one passage each.${ratio} The released measurement does not give the paper’s value.`,
    cost,
  ];
}

export const table3: Output = {
  id: 'table3',
  title: 'Table 3: energy and cost of a million questions',
  caption: (origin) =>
    `BERT-base answering a million questions, batch size 16, 256 tokens, one GPU; ${origin} wall energy.`,
  reads: ['features'],
  paper: ['table3'],
  settings: ['price_usd_per_kwh'],
  async build(context) {
    const paper = await context.paper('table3');
    const batch = statement(paper, 'batch_size');
    const [root] = await queryRows<{ wall_j: number }>(
      context.database,
      `SELECT wall_j FROM features WHERE model = $model AND batch_size = $batch AND length = $length AND level = 'model'`,
      { model: paper.statements.model, batch, length: statement(paper, 'length') },
    );
    const batchJ = root?.wall_j ?? null;
    const rows = byMachine(
      context,
      (machine, mine) =>
        paperRows(paper, { machine: 'PC1' }).map((row) => {
          const ours = mine && batchJ !== null ? kwhPerMillion(batchJ, batch) * Number(row.passages) : null;
          const where = { machine: machine.key, use_case: row.use_case };
          const price = context.priceUsdPerKwh;
          return {
            machine,
            use_case: label(String(row.use_case), titles[row.use_case] ?? titleOf(String(row.use_case))),
            kwh_per_million: compared(paperNumber(paper, where, 'kwh_per_million'), ours),
            usd_per_million: compared(
              paperNumber(paper, where, 'usd_per_million'),
              ours === null ? null : ours * price,
            ),
          };
        }),
      ['PC1'],
    );
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'use_case', title: 'Use', unit: '' },
        { name: 'kwh_per_million', title: 'Energy', unit: 'kWh' },
        { name: 'usd_per_million', title: 'Cost', unit: 'USD' },
      ],
      rows,
      notes: [
        ...notes(
          context.machine === 'PC1' ? paperNumber(paper, { machine: 'PC1', passages: 1 }, 'kwh_per_million') : null,
          batchJ,
          batch,
        ),
        `Ours at ${context.priceUsdPerKwh} USD per kWh; the paper’s price is ${statement(paper, 'price_usd_per_kwh')}.`,
      ],
    };
  },
};
