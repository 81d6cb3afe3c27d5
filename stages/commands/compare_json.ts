/** A comparison for programs: one document, or one CSV row a choice. */
import { csvLines } from '../report/render/csv.js';
import type { ComparedChoice, Comparison } from './compare_choices.js';
import { differenceJson } from './compare_difference.js';
import { energyKeys } from './energy_keys.js';
import { figuresOf } from './predict_json.js';

function fields({ number, tree, energyJ, accuracyPct, judged }: ComparedChoice, price: number) {
  return {
    choice: number,
    model: tree.model,
    bench: tree.bench,
    batch_size: tree.batchSize,
    length: tree.length,
    ...figuresOf(tree.root, tree, price),
    compared_j: energyJ,
    accuracy_pct: accuracyPct,
    on_front: judged?.onFront ?? null,
    standing: judged?.standing ?? null,
  };
}

/**
 * `compared_j` is of what `per` says. An interval of a difference (`interval_…`) holds wherever both energies lie in
 * theirs; a `paired_…` one takes common work to cost the same.
 */
export const compareJson = ({ per, choices, overlaps }: Comparison, price: number) => ({
  per,
  currency: 'USD',
  price_usd_per_kwh: price,
  choices: choices.map((choice) => ({
    ...fields(choice, price),
    source: choice.tree.source,
    warnings: choice.tree.warnings,
    against_first: choice.difference && differenceJson(choice.difference),
  })),
  cannot_be_told_apart:
    overlaps?.map(({ numbers, modulesTellApart }) => ({ choices: numbers, modules_tell_apart: modulesTellApart })) ??
    null,
});

export function compareCsv({ per, choices }: Comparison, price: number): string {
  const rows = choices.map((choice) =>
    energyKeys(choice.tree, {
      ...fields(choice, price),
      per,
      difference_j: choice.difference?.differenceJ ?? 0,
      source: choice.tree.source,
    }),
  );
  const text = (value: unknown) => (typeof value === 'boolean' ? String(value) : (value as string | number | null));
  return csvLines([Object.keys(rows[0]), ...rows.map((row) => Object.values(row).map(text))]);
}
