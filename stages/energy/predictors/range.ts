/**
 * Whether a prediction goes beyond what was trained, and why: a feature of the node lies outside of the training rows'
 * range (of its primitive's type; of the inner nodes for an inner one), or it rests on a primitive that was not trained.
 */
import { classesOf, isLeaf, selectFeatures, type Forest, type Workload } from './forest.js';
import { partOf } from './parts.js';
import type { Fitted, Part, Prediction, Problem } from './predictor.js';
import type { Fold } from './splits.js';

/** The name under which the range of the inner nodes is kept; a primitive's is its type. */
const inner = 'tree';

/** `Prediction.extrapolated` counts reasons in a byte: what comes after so many is not told apart. */
const mostReasons = 255;

/** Values of classes that have a range: group by group, e.g. one for each type. */
export interface Ranged {
  readonly group: (c: number) => string;
  /** What a class is, for the reason; absent or empty where it does not matter. */
  readonly whose?: (c: number) => string;
  readonly columns: readonly { readonly name: string; readonly unit: string; readonly of: (c: number) => number }[];
}

/**
 * The ranges of some classes, as parts `Linear/low`, `Linear/high`, …; the terms are the columns' names, those alone of
 * which the group has a value.
 */
export function rangesOf({ group, columns }: Ranged, classes: Int32Array): Part[] {
  const ranges = new Map<string, { low: Float64Array; high: Float64Array }>();
  for (const c of classes) {
    const name = group(c);
    let range = ranges.get(name);
    if (!range) {
      const filled = (value: number): Float64Array => new Float64Array(columns.length).fill(value);
      ranges.set(name, (range = { low: filled(Infinity), high: filled(-Infinity) }));
    }
    for (let k = 0; k < columns.length; k++) {
      const value = columns[k].of(c);
      if (value < range.low[k]) range.low[k] = value;
      if (value > range.high[k]) range.high[k] = value;
    }
  }
  return [...ranges]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { low, high }]) => {
      const known = columns.flatMap((column, k) => (low[k] <= high[k] ? [{ name: column.name, k }] : []));
      const part = (end: string, values: Float64Array): Part => ({
        name: `${name}/${end}`,
        terms: known.map((column) => column.name),
        values: Float64Array.from(known, ({ k }) => values[k]),
      });
      return [part('low', low), part('high', high)];
    });
}

/** Reasons as they are found; each text once, with the value farthest out. */
export class Reasons {
  readonly texts: string[] = [];
  private readonly places = new Map<string, { at: number; distance: number }>();

  /** The place of a reason, counted from 1; `key` says which ones are told apart. */
  place(key: string, text: string, distance = 0): number {
    const known = this.places.get(key);
    if (known) {
      if (distance > known.distance) {
        known.distance = distance;
        this.texts[known.at - 1] = text;
      }
      return known.at;
    }
    if (this.texts.length === mostReasons) return mostReasons;
    const last = this.texts.length === mostReasons - 1;
    const at = this.texts.push(last ? 'outside of what it was fitted on' : text);
    this.places.set(key, { at, distance });
    return at;
  }
}

const digits = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));

/** The first column of a class outside of its group's range; null where it is within, or the group has no range. */
function outside(
  { group, whose, columns }: Ranged,
  parts: Limits,
  c: number,
): { key: string; text: string; distance: number } | null {
  const name = group(c);
  const [low, high] = [parts.get(`${name}/low`), parts.get(`${name}/high`)];
  if (!low || !high) return null;
  for (const { name: column, unit, of } of columns) {
    const [value, lowest, highest] = [of(c), low.get(column)!, high.get(column)!];
    const distance = Math.max(lowest - value, value - highest);
    if (!(distance > 0)) continue; // what is not known is not outside
    const range = lowest === highest ? digits(lowest) : `${digits(lowest)} to ${digits(highest)}`;
    const kind = whose?.(c) ?? '';
    const text = `${column} ${digits(value)}${unit && ` ${unit}`}${kind && ` of ${kind}`}, fitted at ${range}`;
    return { key: `${kind}/${column}/${value < lowest}`, text, distance };
  }
  return null;
}

/** The parts by name, each by term. */
type Limits = ReadonlyMap<string, ReadonlyMap<string, number>>;

const limitsOf = (parts: readonly Part[]): Limits =>
  new Map(parts.map(({ name, terms, values }) => [name, new Map(terms.map((term, k) => [term, values[k]]))]));

/** Which of some classes lie outside of fitted ranges, and why. */
export function outsideRanges(
  ranged: Ranged,
  shared: readonly Part[],
  classes: Int32Array,
): Pick<Prediction, 'extrapolated' | 'reasons'> {
  const parts = limitsOf(shared);
  const reasons = new Reasons();
  const extrapolated = Uint8Array.from(classes, (c) => {
    const found = outside(ranged, parts, c);
    return found ? reasons.place(found.key, found.text, found.distance) : 0;
  });
  return { extrapolated, reasons: reasons.texts };
}

/** The features of a forest, by primitive type and for the inner nodes together. */
function rangedFeatures(forest: Forest, columns: readonly string[], variant: Problem['variant']): Ranged {
  const values = selectFeatures(forest, columns, variant);
  return {
    group: (c) => (isLeaf(forest, c) ? forest.types[forest.type[c]] : inner),
    whose: (c) => forest.types[forest.type[c]],
    columns: columns.map((name, k) => ({
      name,
      unit: '', // the name has it
      of: (c: number) => values[c * columns.length + k],
    })),
  };
}

/** The ranges of a fold's training rows, as parts `Linear/low`, `Linear/high`, …, `tree/low`, `tree/high`. */
export function rangeParts({ forest, features: { columns }, variant }: Problem, { heldOut }: Fold): Part[] {
  const training = forest.workloads.filter((workload) => !heldOut(workload));
  return rangesOf(rangedFeatures(forest, columns, variant), classesOf(training));
}

/** Which of the given classes, all of the given workloads, are extrapolated, and why. */
export function extrapolated(
  { shared, variant }: Fitted,
  forest: Forest,
  workloads: readonly Workload[],
  classes: Int32Array,
): Pick<Prediction, 'extrapolated' | 'reasons'> {
  const parts = limitsOf(shared);
  const ranged = rangedFeatures(forest, partOf(shared, `${inner}/low`).terms, variant);
  const untrained = untrainedBelow(
    forest,
    classesOf(workloads),
    untrainedType(forest, (type) => parts.has(`${type}/low`)),
  );
  const reasons = new Reasons();
  const extrapolated = Uint8Array.from(classes, (c) => {
    const missing = untrained.get(c);
    if (missing) return reasons.place(missing, missing);
    const found = outside(ranged, parts, c);
    return found ? reasons.place(found.key, found.text, found.distance) : 0;
  });
  return { extrapolated, reasons: reasons.texts };
}

/**
 * For the classes that rest on something that was not measured, what that is, in words. `untrained` says so of one class,
 * `passesUp` whether what is above it rests on it. Children stand before their parents in `classes`.
 */
export function untrainedBelow(
  forest: Forest,
  classes: Int32Array,
  untrained: (c: number) => string | null,
  passesUp: (c: number) => boolean = () => true,
): ReadonlyMap<number, string> {
  const missing = new Map<number, Set<string>>();
  for (const c of classes) {
    const own = untrained(c);
    const found = new Set<string>(own === null ? [] : [own]);
    for (let e = forest.childStart[c]; e < forest.childStart[c + 1]; e++) {
      if (!passesUp(forest.child[e])) continue;
      for (const below of missing.get(forest.child[e]) ?? []) found.add(below);
    }
    if (found.size > 0) missing.set(c, found);
  }
  const words = (types: ReadonlySet<string>): string => `fitted on no ${[...types].sort().join(' and no ')}`;
  return new Map([...missing].map(([c, types]) => [c, words(types)]));
}

/** A primitive of a type that was not measured. */
export const untrainedType =
  (forest: Forest, isTrained: (type: string) => boolean) =>
  (c: number): string | null => {
    const type = forest.types[forest.type[c]];
    return isLeaf(forest, c) && !isTrained(type) ? type : null;
  };
