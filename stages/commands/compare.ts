/** `pipeline compare`: models, sizes or benches side by side, and which of them cannot be told apart. */
import type { Command } from '../../pipeline/cli/command.js';
import { defaultPriceUsdPerKwh } from '../energy/prediction/cost.js';

export interface CompareArgs {
  readonly models: readonly string[];
  readonly on: string;
  readonly batch?: string;
  readonly length?: string;
  readonly accuracy?: string;
  readonly clock?: number;
  readonly price: number;
  readonly csv?: string;
  readonly json: boolean;
}

export const compare: Command<CompareArgs> = {
  usage: 'compare <models..>',
  about:
    'Models, sizes or benches side by side: energy, cost, where the difference comes from, and what cannot be told apart.',
  example: "pipeline compare 'google/bert_uncased_*' --accuracy sst2 --on pc1",
  positionals: {
    models: {
      type: 'string',
      describe: 'models as for predict; * and ? stand for parts of names. The others are compared with the first',
      demandOption: true,
    },
  },
  options: {
    batch: { type: 'string', describe: 'batch sizes: 8 or 8,16 (default 16)' },
    length: { type: 'string', describe: 'lengths in tokens: 128 or 64,128 (default 128)' },
    on: { type: 'string', default: 'pc1', describe: 'benches: pc1 or pc1,our-box.yaml' },
    accuracy: { type: 'string', describe: 'CSV file with model,accuracy_pct, or sst2: gives the Pareto front' },
    clock: { type: 'number', describe: "the GPU's clock in MHz, where it is locked or known" },
    price: { type: 'number', default: defaultPriceUsdPerKwh, describe: 'USD per kWh' },
    csv: { type: 'string', describe: 'file for one row a choice; - is stdout' },
  },
  handler: async (args, terminal) => (await import('./compare_handler.js')).handle(args, terminal),
};
