/**
 * Whether a prediction from shapes goes beyond what was measured, and why: another batch size, length, width or number
 * type than of any measured node of its kind, or a primitive that was never measured below it.
 */
import { classesOf, type Forest, type Workload } from './forest.js';
import { gemmOf, isBatched, parseShapes } from './gemm.js';
import type { Part, Prediction } from './predictor.js';
import { outsideRanges, rangesOf, untrainedBelow, type Ranged } from './range.js';

/** The name under which the range of modules and models is kept; a primitive's is its type. */
const inner = 'modules';

interface Widths {
  /** Of the innermost dimension of what comes in and what goes out. */
  readonly input: number;
  readonly output: number;
  /** Bits of its numbers. */
  readonly bits: number;
}

const bitsOf = (dtype: string): number => Number(/\d+$/.exec(dtype)?.[0] ?? NaN);

function widthsOf(forest: Forest, c: number): Widths {
  const [operator] = forest.computations!.operators[c];
  if (!operator) return { input: NaN, output: NaN, bits: NaN };
  const bits = bitsOf(operator.dtype);
  const gemm = gemmOf(operator);
  // The inner and outer dimension of attention's products are lengths, which have a range of their own.
  if (gemm && isBatched(gemm)) return { input: NaN, output: NaN, bits };
  const output = parseShapes(operator.output)[0]?.at(-1) ?? NaN;
  return { input: gemm ? gemm.k : output, output, bits };
}

/** Sizes and widths of the classes; of modules and models the sizes alone: what they rest on has ranges of its own. */
function rangedShapes(forest: Forest): Ranged {
  const workloadOf = new Array<Workload>(forest.type.length);
  for (const workload of forest.workloads) workloadOf.fill(workload, workload.first, workload.end);
  const isLeaf = (c: number): boolean => forest.childStart[c] === forest.childStart[c + 1];
  const widths = Array.from(forest.type, (_, c) => (isLeaf(c) ? widthsOf(forest, c) : null));
  const typeOf = (c: number): string => forest.types[forest.type[c]];
  return {
    group: (c) => (isLeaf(c) ? typeOf(c) : inner),
    whose: (c) => (isLeaf(c) ? typeOf(c) : ''),
    columns: [
      { name: 'batch size', unit: '', of: (c) => workloadOf[c].batchSize },
      { name: 'length', unit: '', of: (c) => workloadOf[c].length },
      { name: 'tokens', unit: '', of: (c) => workloadOf[c].batchSize * workloadOf[c].length },
      { name: 'input width', unit: '', of: (c) => widths[c]?.input ?? NaN },
      { name: 'output width', unit: '', of: (c) => widths[c]?.output ?? NaN },
      { name: 'number type', unit: 'bit', of: (c) => widths[c]?.bits ?? NaN },
    ],
  };
}

/**
 * The ranges of what some workloads compute, as parts `Linear/low`, …, `modules/high`: a shape that only ran inside of a
 * measured module was measured there.
 */
export const shapeRangeParts = (forest: Forest, workloads: readonly Workload[]): Part[] =>
  rangesOf(rangedShapes(forest), classesOf(workloads));

/** Which of the classes of some workloads lie outside, and why; a module does where anything below it does. */
export function outsideShapes(
  forest: Forest,
  shared: readonly Part[],
  workloads: readonly Workload[],
): Pick<Prediction, 'extrapolated' | 'reasons'> {
  const classes = classesOf(workloads);
  const found = outsideRanges(rangedShapes(forest), shared, classes);
  const trained = new Set(shared.map(({ name }) => name));
  const untrained = untrainedBelow(forest, workloads, (type) => trained.has(`${type}/low`));
  const reasons = [...found.reasons];
  const { extrapolated } = found;
  const at = new Map(Array.from(classes, (c, i) => [c, i]));
  classes.forEach((c, i) => {
    const missing = untrained.get(c);
    if (missing) {
      if (!reasons.includes(missing)) reasons.push(missing);
      extrapolated[i] = reasons.indexOf(missing) + 1;
      return;
    }
    for (let e = forest.childStart[c]; e < forest.childStart[c + 1] && extrapolated[i] === 0; e++) {
      extrapolated[i] = extrapolated[at.get(forest.child[e])!];
    }
  });
  return { extrapolated, reasons };
}
