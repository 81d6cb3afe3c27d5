/**
 * Whether a prediction goes beyond what was trained: a feature of the node lies outside of the training rows' range
 * (of its primitive's type; of the inner nodes for an inner one), or it rests on a primitive that was not trained.
 */
import { classesOf, selectFeatures, type Forest, type Workload } from './forest.js';
import { partOf } from './parts.js';
import type { Fitted, Part, Prediction, Problem } from './predictor.js';
import type { Fold } from './splits.js';

/** The name under which the range of the inner nodes is kept; a primitive's is its type. */
const inner = 'tree';

/** The ranges of a fold's training rows, as parts `Linear/low`, `Linear/high`, …, `tree/low`, `tree/high`. */
export function rangeParts({ forest, features: { columns }, variant }: Problem, { heldOut }: Fold): Part[] {
  const values = selectFeatures(forest, columns, variant);
  const ranges = new Map<string, { low: Float64Array; high: Float64Array }>();
  for (const c of classesOf(forest.workloads.filter((workload) => !heldOut(workload)))) {
    const name = groupOf(forest, c);
    let range = ranges.get(name);
    if (!range) {
      range = {
        low: new Float64Array(columns.length).fill(Infinity),
        high: new Float64Array(columns.length).fill(-Infinity),
      };
      ranges.set(name, range);
    }
    for (let k = 0; k < columns.length; k++) {
      const value = values[c * columns.length + k];
      range.low[k] = Math.min(range.low[k], value);
      range.high[k] = Math.max(range.high[k], value);
    }
  }
  return [...ranges]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { low, high }]) => [
      { name: `${name}/low`, terms: columns, values: low },
      { name: `${name}/high`, terms: columns, values: high },
    ]);
}

const isLeaf = ({ childStart }: Forest, c: number): boolean => childStart[c] === childStart[c + 1];
const groupOf = (forest: Forest, c: number): string => (isLeaf(forest, c) ? forest.types[forest.type[c]] : inner);

const reasons = ['a primitive below it was not measured', 'outside of what was measured'];

/** Which of the given classes, all of the given workloads, are extrapolated, and why. */
export function extrapolated(
  { shared, variant }: Fitted,
  forest: Forest,
  workloads: readonly Workload[],
  classes: Int32Array,
): Pick<Prediction, 'extrapolated' | 'reasons'> {
  const parts = new Map(shared.map(({ name, values }) => [name, values]));
  const columns = partOf(shared, `${inner}/low`).terms;
  const values = selectFeatures(forest, columns, variant);
  const unfounded = new Uint8Array(forest.type.length);
  const outside = new Uint8Array(forest.type.length);
  for (const c of classesOf(workloads)) {
    const low = parts.get(`${groupOf(forest, c)}/low`);
    const high = parts.get(`${groupOf(forest, c)}/high`);
    if (!low || !high) unfounded[c] = 1;
    else if (!within(values, c, low, high)) outside[c] = 1;
    for (let e = forest.childStart[c]; e < forest.childStart[c + 1]; e++) unfounded[c] |= unfounded[forest.child[e]];
  }
  return { extrapolated: Uint8Array.from(classes, (c) => (unfounded[c] ? 1 : 2 * outside[c])), reasons };
}

const within = (values: Float64Array, row: number, low: Float64Array, high: Float64Array): boolean =>
  low.every((limit, k) => limit <= values[row * low.length + k] && values[row * low.length + k] <= high[k]);
