/** A change and what it is worth, on a terminal and for programs: the answer in the first line. */
import { difference, toldApart, type Compared, type Difference } from '../energy/prediction/difference.js';
import { energiesPer, perOf, type Per } from '../energy/prediction/difference_per_input.js';
import { patchInWords, type Patch } from '../energy/prediction/patch.js';
import type { PredictedTree } from '../energy/prediction/predict_model.js';
import { differenceJson, intervalClaims, partTable, rangeText, signedEnergy, signedPct } from './compare_difference.js';
import { kwhPerMillion } from '../energy/prediction/cost.js';
import { leadOf, significant } from './figures.js';
import { answerLine, contextLine } from './predict_text.js';
import { figuresOf } from './predict_json.js';

export interface WhatIf {
  readonly patch: Patch;
  /** What the difference is of. */
  readonly per: Per;
  /** As predicted, for a batch. */
  readonly before: PredictedTree;
  readonly after: PredictedTree;
  readonly difference: Difference;
}

/** Two predictions, the original first. */
export function whatIf(before: Compared, after: Compared, patch: Patch): WhatIf {
  const per = perOf([before, after]);
  const [first, second] = [before, after].map((one) => energiesPer(per, one));
  return { patch, per, before: before.tree, after: after.tree, difference: difference(first, second) };
}

/** By toldApart. */
const verdicts = {
  intervals: 'told apart from the original by both intervals',
  modules: 'told apart from the original only by the modules that differ',
  no: 'not told apart from the original',
  null: 'no intervals are fitted on this bench',
} as const;

const savedKwh = ({ before, after }: WhatIf): number =>
  kwhPerMillion(after.root.wallJ, after.batchSize) - kwhPerMillion(before.root.wallJ, before.batchSize);

export function whatIfText(found: WhatIf, price: number): string[] {
  const { per, before, after, difference, patch } = found;
  const kwh = savedKwh(found);
  const sign = kwh < 0 ? '−' : '+';
  return [
    `${leadOf(before)}${patchInWords(patch)}: ${signedEnergy(difference.differenceJ)} ${per === 'batch' ? 'a batch' : 'an input'} (${signedPct(difference.differencePct)}), ${sign}${significant(Math.abs(kwh))} kWh per million inputs – ${verdicts[`${toldApart(difference)}`]}`,
    '',
    `original: ${answerLine(before, price)}`,
    `          ${contextLine(before)}`,
    `changed:  ${answerLine(after, price)}`,
    `          ${contextLine(after)}`,
    '',
    ...(difference.interval ? [`difference: ${rangeText(difference.interval)}; common work cancelled: ${rangeText(difference.paired)}`, ''] : []), // prettier-ignore
    partTable(difference, ['original', 'changed']),
    ...(difference.interval ? ['', ...intervalClaims(before.coverage)] : []),
  ];
}

const sideJson = (tree: PredictedTree, price: number) => ({
  model: tree.model,
  batch_size: tree.batchSize,
  length: tree.length,
  ...figuresOf(tree.root, tree, price),
  warnings: tree.warnings,
});

export const whatIfJson = (found: WhatIf, price: number) => ({
  change: {
    ...found.patch.dimensions,
    ...(found.patch.activation === null ? {} : { activation: found.patch.activation }),
    ...(found.patch.batchSize === null ? {} : { batch: found.patch.batchSize }),
    ...(found.patch.length === null ? {} : { length: found.patch.length }),
  },
  bench: found.before.bench,
  source: found.before.source,
  currency: 'USD',
  price_usd_per_kwh: price,
  before: sideJson(found.before, price),
  after: sideJson(found.after, price),
  per: found.per,
  ...differenceJson(found.difference),
  told_apart: toldApart(found.difference),
  saved_kwh_per_million: -savedKwh(found),
});
