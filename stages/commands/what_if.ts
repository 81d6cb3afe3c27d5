/** `pipeline what-if`: a change to a model or its workload, predicted beside the original. */
import type { Command } from '../../pipeline/cli/command.js';
import { defaultPriceUsdPerKwh } from '../energy/prediction/cost.js';

export interface WhatIfArgs {
  readonly model: string;
  readonly patch?: string;
  readonly set: readonly string[];
  readonly on: string;
  readonly batch?: string;
  readonly length?: string;
  readonly clock?: number;
  readonly price: number;
  readonly json: boolean;
}

export const whatIf: Command<WhatIfArgs> = {
  usage: 'what-if <model>',
  about: 'A change to a model or its workload, predicted beside the original: what it saves, how surely, and where.',
  example: 'pipeline what-if bert-base-uncased --set layers=6 --set activation=relu',
  positionals: {
    model: { type: 'string', describe: 'as for predict, but no traced tree: it has no sizes', demandOption: true },
  },
  options: {
    patch: {
      type: 'string',
      describe: 'YAML file of what changes: the keys of a configuration, activation, batch, length',
    },
    set: {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [] as string[],
      describe: 'one change: layers=6, hidden=512, activation=relu, batch=32, length=64',
    },
    batch: { type: 'string', describe: 'batch size of the original (default 16)' },
    length: { type: 'string', describe: 'length of the original in tokens (default 128)' },
    on: { type: 'string', default: 'pc1', describe: 'bench: a name of `pipeline list benches`, or its file' },
    clock: { type: 'number', describe: "the GPU's clock in MHz, where it is locked or known" },
    price: { type: 'number', default: defaultPriceUsdPerKwh, describe: 'USD per kWh' },
  },
  handler: async (args, terminal) => (await import('./what_if_handler.js')).handle(args, terminal),
};
