/** `pipeline predict`: the energy of a model that may never have run, with its interval and where it goes. */
import type { Command } from '../../pipeline/cli/command.js';
import { defaultPriceUsdPerKwh } from '../energy/prediction/cost.js';

export interface PredictArgs {
  readonly model: string;
  readonly on: string;
  readonly batch?: string;
  readonly length?: string;
  readonly setting?: 'profiled' | 'children' | 'primitives' | 'planned';
  readonly profile?: string;
  readonly clock?: number;
  readonly price: number;
  readonly depth: number;
  readonly csv?: string;
  readonly html?: string;
  readonly json: boolean;
}

export const predict: Command<PredictArgs> = {
  usage: 'predict <model>',
  about: 'The energy of a model on a bench: joules with their interval, cost, and which module spends them.',
  example: 'pipeline predict bert-base-uncased --batch 8,16 --length 128 --on pc1',
  positionals: {
    model: {
      type: 'string',
      describe:
        'a name of `pipeline list models`, a config.json (Hugging Face), a configuration.yaml, a traced tree.json, or PyTorch code as file.py:function',
      demandOption: true,
    },
  },
  options: {
    batch: { type: 'string', describe: 'batch sizes: 8 or 8,16 (default 16)' },
    length: { type: 'string', describe: 'lengths in tokens: 128 or 64,128 (default 128)' },
    on: { type: 'string', default: 'pc1', describe: 'bench: a name of `pipeline list benches`, or its file' },
    setting: {
      choices: ['profiled', 'children', 'primitives', 'planned'] as const,
      describe: 'what is taken as measured of the model (default: all that the profile has)',
    },
    profile: {
      type: 'string',
      describe: 'measured latency and GPU energy, per node or of the whole model (.csv, .json, .parquet)',
    },
    clock: { type: 'number', describe: "the GPU's clock in MHz, where it is locked or known" },
    price: { type: 'number', default: defaultPriceUsdPerKwh, describe: 'USD per kWh' },
    depth: { type: 'number', default: 3, describe: 'levels of the tree that are shown below the model' },
    csv: { type: 'string', describe: 'file for one row a node; - is stdout' },
    html: { type: 'string', describe: 'file for one self-contained page' },
  },
  handler: async (args, terminal) => (await import('./predict_handler.js')).handle(args, terminal),
};
