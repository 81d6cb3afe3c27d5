/** What `pipeline what-if` does: predicts a model as it is and as it would be, and says what the change is worth. */
import { UsageError } from '../../pipeline/errors.js';
import type { Terminal } from '../../pipeline/terminal.js';
import { readCalibratedBench } from '../energy/benches/bench_file.js';
import { describeModel, modelOfSizes, type DescribedModel, type Sizes } from '../energy/prediction/described_model.js';
import type { Compared } from '../energy/prediction/difference.js';
import { fittedBench, type FittedBench } from '../energy/prediction/fitted_bench.js';
import { isEmptyPatch, mergePatches, parsePatch, patched, readPatch, type Patch } from '../energy/prediction/patch.js';
import { predictModel } from '../energy/prediction/predict_model.js';
import type { Workload } from '../energy/tree/build.js';
import { energyKeys } from './energy_keys.js';
import { extrapolations } from './extrapolations.js';
import { clockIn, defaultWorkload, notNegative, sizesIn } from './predict_arguments.js';
import type { WhatIfArgs } from './what_if.js';
import { whatIf, whatIfJson, whatIfText } from './what_if_text.js';

function sizesOf({ sizes, name }: DescribedModel): Sizes {
  if (sizes) return sizes;
  throw new UsageError(
    `${name} was traced: it has no sizes that could be changed`,
    'give a configuration or a config.json',
  );
}

function patchIn(args: WhatIfArgs, sizes: Sizes): Patch {
  const said = parsePatch(args.set, sizes);
  const patch = args.patch === undefined ? said : mergePatches(readPatch(args.patch, sizes), said);
  if (!isEmptyPatch(patch)) return patch;
  throw new UsageError('nothing is changed', 'say what: --set layers=6, or --patch FILE.yaml');
}

/** Of the original; one size each. */
function workloadIn(args: WhatIfArgs): Workload {
  const one = (option: 'batch' | 'length', otherwise: number): number => {
    const sizes = sizesIn(option, args[option]) ?? [otherwise];
    if (sizes.length === 1) return sizes[0];
    throw new UsageError(`--${option} ${args[option]}: expected one number, that of the original`);
  };
  return { batchSize: one('batch', defaultWorkload.batchSize), length: one('length', defaultWorkload.length) };
}

/** Sizes that do not go together name what goes with them. */
function changedModel(sizes: Sizes, patch: Patch): DescribedModel {
  try {
    return modelOfSizes(patched(sizes, patch));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const named = Object.entries(sizes.family.dimensions).map(([symbol, name]) => `${symbol} ${name}`);
    throw new UsageError(error.message, `change what goes with it, too: ${named.join(', ')}`, { cause: error });
  }
}

async function predicted(
  bench: FittedBench,
  model: DescribedModel,
  workload: Workload,
  clockMhz: number | null,
): Promise<Compared> {
  return { tree: await predictModel(bench, model, { ...workload, clockMhz }), nodes: model.tree(workload) };
}

export async function handle(args: WhatIfArgs, terminal: Terminal): Promise<void> {
  const [price, clockMhz, workload] = [notNegative('price', args.price), clockIn(args.clock), workloadIn(args)];
  const calibrated = readCalibratedBench(args.on);
  const bench = fittedBench(calibrated.name, calibrated.predictors);
  const model = await describeModel(args.model);
  const sizes = sizesOf(model);
  const patch = patchIn(args, sizes);
  const changed = {
    batchSize: patch.batchSize ?? workload.batchSize,
    length: patch.length ?? workload.length,
  };
  const before = await predicted(bench, model, workload, clockMhz);
  const after = await predicted(bench, changedModel(sizes, patch), changed, clockMhz);
  for (const warning of new Set([...before.tree.warnings, ...after.tree.warnings])) terminal.warn(warning);
  for (const warning of extrapolations([before.tree, after.tree])) terminal.warn(warning);
  const found = whatIf(before, after, patch);
  terminal.print(whatIfText(found, price).join('\n'));
  terminal.document(energyKeys(bench, whatIfJson(found, price)));
}
