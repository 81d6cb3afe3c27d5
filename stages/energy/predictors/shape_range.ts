/**
 * Whether a prediction from shapes goes beyond what was measured, and why: another batch size, length, width or number
 * type than of any measured node of its kind, or a primitive or a kind of kernel that was never measured.
 */
import { classesOf, isLeaf, type Forest, type Workload } from './forest.js';
import { gemmOf, isBatched, parseShapes } from './launch_queue/gemm.js';
import { kernelKind, type KernelKind } from './launch_queue/work.js';
import type { Part, Prediction } from './predictor.js';
import { outsideRanges, rangesOf, Reasons, untrainedBelow, untrainedType, type Ranged } from './range.js';

/** The name under which the range of modules and models is kept; a primitive's is its type. */
const inner = 'modules';

/** The part whose terms are the kinds of kernels that measured modules run themselves. */
const kernelsPart = 'kernels';

interface Widths {
  /** Of the innermost dimension of what comes in and what goes out. */
  readonly input: number;
  readonly output: number;
  /** Bits of its numbers. */
  readonly bits: number;
}

const unknown: Widths = { input: NaN, output: NaN, bits: NaN };

const bitsOf = (dtype: string): number => Number(/\d+$/.exec(dtype)?.[0] ?? NaN);

function widthsOf(forest: Forest, c: number): Widths {
  const [operator] = forest.computations!.operators[c];
  if (!operator) return unknown;
  const bits = bitsOf(operator.dtype);
  const gemm = gemmOf(operator);
  // The inner and outer dimension of attention's products are lengths, which have a range of their own.
  if (gemm && isBatched(gemm)) return { ...unknown, bits };
  const output = parseShapes(operator.output)[0]?.at(-1) ?? NaN;
  return { input: gemm ? gemm.k : output, output, bits };
}

/** The kinds of kernels that a module runs itself. */
const kernelsOf = (forest: Forest, c: number): KernelKind[] => [
  ...new Set(
    forest.computations!.operators[c].filter(({ kernels }) => kernels > 0).map((operator) => kernelKind(operator, NaN)),
  ),
];

/** The sizes of the workload that a class belongs to. */
function sizeColumns(forest: Forest): Ranged['columns'] {
  const workloadOf = new Array<Workload>(forest.type.length);
  for (const workload of forest.workloads) workloadOf.fill(workload, workload.first, workload.end);
  return [
    { name: 'batch size', unit: '', of: (c) => workloadOf[c].batchSize },
    { name: 'length', unit: '', of: (c) => workloadOf[c].length },
    { name: 'tokens', unit: '', of: (c) => workloadOf[c].batchSize * workloadOf[c].length },
  ];
}

/** Of each forest once: it is asked for every fold. */
const known = new WeakMap<Forest, Shapes>();

interface Shapes {
  readonly ranged: Ranged;
  /** The kinds of kernels that each class runs itself. */
  readonly kernels: readonly (readonly KernelKind[])[];
}

function shapesOf(forest: Forest): Shapes {
  let shapes = known.get(forest);
  if (!shapes) {
    const kernels = Array.from(forest.type, (_, c) => (isLeaf(forest, c) ? [] : kernelsOf(forest, c)));
    known.set(forest, (shapes = { ranged: rangedShapes(forest), kernels }));
  }
  return shapes;
}

/** Sizes and widths of the classes; of modules and models the sizes alone: what they rest on has ranges of its own. */
function rangedShapes(forest: Forest): Ranged {
  const widths = Array.from(forest.type, (_, c) => (isLeaf(forest, c) ? widthsOf(forest, c) : unknown));
  const typeOf = (c: number): string => forest.types[forest.type[c]];
  return {
    group: (c) => (isLeaf(forest, c) ? typeOf(c) : inner),
    whose: (c) => (isLeaf(forest, c) ? typeOf(c) : ''),
    columns: [
      ...sizeColumns(forest),
      { name: 'input width', unit: '', of: (c) => widths[c].input },
      { name: 'output width', unit: '', of: (c) => widths[c].output },
      { name: 'number type', unit: 'bit', of: (c) => widths[c].bits },
    ],
  };
}

/**
 * The ranges of what some workloads compute, as parts `Linear/low`, …, `modules/high`, and `kernels`: a shape that only
 * ran inside of a measured module was measured there.
 */
export function shapeRangeParts(forest: Forest, workloads: readonly Workload[]): Part[] {
  const classes = classesOf(workloads);
  const { ranged, kernels } = shapesOf(forest);
  const counts = new Map<string, number>();
  for (const c of classes) {
    for (const kind of kernels[c]) counts.set(kind, (counts.get(kind) ?? 0) + forest.nodes[c]);
  }
  const terms = [...counts.keys()].sort();
  const kinds = { name: kernelsPart, terms, values: Float64Array.from(terms, (term) => counts.get(term)!) };
  return [...rangesOf(ranged, classes), kinds];
}

/**
 * Which of the classes lie outside, and why; children stand before their parents. A module does where anything below it does that was not
 * measured: `measured` are the nodes that are taken as they were, so that what they are is no matter. `other` tells what
 * else a class lies outside of.
 */
export function outsideShapes(
  forest: Forest,
  shared: readonly Part[],
  classes: Int32Array,
  measured: 'nothing' | 'primitives' | 'children' = 'nothing',
  other: (c: number) => string | null = () => null,
): Pick<Prediction, 'extrapolated' | 'reasons'> {
  const passesUp = (c: number): boolean => measured === 'nothing' || (measured === 'primitives' && !isLeaf(forest, c));
  const isJudged = (c: number): boolean => measured === 'nothing' || !isLeaf(forest, c);
  const judged = classes.filter(isJudged);
  const shapes = shapesOf(forest);
  const found = outsideRanges(shapes.ranged, shared, judged);
  const why = new Map<number, string>();
  judged.forEach((c, i) => found.extrapolated[i] > 0 && why.set(c, found.reasons[found.extrapolated[i] - 1]));
  const groups = new Set(shared.map(({ name }) => name));
  const type = untrainedType(forest, (one) => groups.has(`${one}/low`));
  const kernels = new Set(shared.find(({ name }) => name === kernelsPart)?.terms);
  const kernel = (c: number): string | null => shapes.kernels[c].find((kind) => !kernels.has(kind)) ?? null;
  const untrained = untrainedBelow(forest, judged, (c) => (isLeaf(forest, c) ? type(c) : kernel(c)), passesUp);
  const reasons = new Reasons();
  const extrapolated = Uint8Array.from(classes, (c) => {
    const missing = untrained.get(c);
    if (missing !== undefined) why.set(c, missing);
    for (let e = forest.childStart[c]; e < forest.childStart[c + 1] && !why.has(c); e++) {
      const below = passesUp(forest.child[e]) ? why.get(forest.child[e]) : undefined;
      if (below !== undefined) why.set(c, below);
    }
    const also = other(c);
    if (also !== null && !why.has(c)) why.set(c, also);
    return why.has(c) ? reasons.place(why.get(c)!, why.get(c)!) : 0;
  });
  return { extrapolated, reasons: reasons.texts };
}
