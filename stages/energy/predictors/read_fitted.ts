/** Reads what one predictor was fitted to from a task's `fitted`. */
import { readFile } from 'node:fs/promises';
import type { Database } from '../../../pipeline/database.js';
import { numbers, strings } from '../../../pipeline/rows.js';
import type { Fitted, Part, Variant } from './predictor.js';

/** The folds fitted for one feature set, variant and split. */
export interface FittedFolds {
  readonly features: string;
  readonly variant: Variant;
  readonly split: string;
  readonly folds: readonly Fitted[];
}

const sql = (name: string): Promise<string> => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

/** Everything fitted of one predictor, grouped. */
export async function readFitted(database: Database): Promise<FittedFolds[]> {
  const groups = await database.query(await sql('fitted_groups'));
  const values = numbers(await database.query(await sql('fitted_values')), 'value');
  const termsOf = await readTerms(database);
  const [features, variant, split, fold, part] = ['features', 'variant', 'split', 'fold', 'part'].map((name) =>
    strings(groups, name),
  );
  const seeds = numbers(groups, 'seed');
  const counts = numbers(groups, 'constants');
  const found = new Map<string, { of: Omit<FittedFolds, 'folds'>; folds: Map<string, Map<number, Part[]>> }>();
  let at = 0;
  for (let i = 0; i < groups.numRows; i++) {
    const key = JSON.stringify([features[i], variant[i], split[i]]);
    const of = { features: features[i], variant: variant[i] as Variant, split: split[i] };
    const { folds } = getOrSet(found, key, () => ({ of, folds: new Map() }));
    const parts = getOrSet(
      getOrSet(folds, fold[i], () => new Map<number, Part[]>()),
      seeds[i],
      (): Part[] => [],
    );
    const terms = termsOf.get(JSON.stringify([features[i], variant[i], split[i], fold[i], part[i]]))!;
    parts.push({ name: part[i], terms, values: values.subarray(at, (at += counts[i])) });
  }
  return [...found.values()].map(({ of, folds }) => ({
    ...of,
    folds: [...folds].map(([name, bySeed]) => toFitted(of.variant, name, bySeed)),
  }));
}

const toFitted = (variant: Variant, fold: string, bySeed: ReadonlyMap<number, Part[]>): Fitted => ({
  variant,
  fold,
  shared: bySeed.get(-1) ?? [],
  seeds: [...bySeed].flatMap(([seed, parts]) => (seed < 0 ? [] : [{ seed, parts }])),
});

/** Terms by feature set, variant, split, fold and part. */
async function readTerms(database: Database): Promise<Map<string, string[]>> {
  const rows = await database.query(await sql('fitted_terms'));
  const keys = ['features', 'variant', 'split', 'fold', 'part'].map((name) => strings(rows, name));
  const term = strings(rows, 'term');
  const terms = new Map<string, string[]>();
  for (let i = 0; i < rows.numRows; i++) {
    getOrSet(terms, JSON.stringify(keys.map((of) => of[i])), () => []).push(term[i]);
  }
  return terms;
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
