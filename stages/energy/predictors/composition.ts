/**
 * Composition (S2): a model from its measured primitives and from what its modules run themselves, by the launch-queue
 * model (METHODS 3, research/planned.md 2). Its primitives' own energies are the wall-power law's.
 */
import { classesOf, isLeaf, levels, pick, type Forest, type Workload } from './forest.js';
import { composeNodes, ownValues, partSummands } from './launch_queue/from_parts.js';
import { measuredParts, type KnownParts } from './launch_queue/known_parts.js';
import { fitLaunchQueue, queueParts, readQueue, type FittedQueue } from './launch_queue/fit.js';
import { explainByLaw, fitForest, lawParts, measuredClasses, wallByLaw } from './law.js';
import { fitOwnKernels } from './launch_queue/own_kernels_fit.js';
import type { PlannedNodes } from './launch_queue/planned_nodes.js';
import { partsMeasured } from './parts_measured.js';
import type { Part, Predictor } from './predictor.js';
import { outsideShapes, shapeRangeParts } from './shape_range.js';

/** What a node is put together from, as far as it was measured: the primitives below it, or its children. */
type PartsOf = 'primitives' | 'children';

/** The part that tells for each level what a whole takes of what its parts give. */
const wholePart = 'whole';

interface Composed extends PlannedNodes {
  /** What the law makes of a measured class; NaN where it was not. */
  readonly measuredJ: (c: number) => number;
}

/** A predictor that puts modules together. */
export function composer(from: PartsOf): Predictor {
  const predictsLeaves = from === 'primitives';
  const partsOf = (fitted: FittedQueue, forest: Forest, measuredJ: (c: number) => number): KnownParts =>
    measuredParts(fitted, forest, measuredJ, (c) => from === 'children' || isLeaf(forest, c));

  function fitFold(forest: Forest, training: readonly Workload[]): Part[] {
    const law = lawParts(fitForest(forest, training));
    const queue = fitLaunchQueue(forest, training);
    const own = fitOwnKernels(queue, forest, training, partsOf(queue, forest, wallByLaw(law, forest)));
    // The constants of the whole, and those of own kernels beside measured parts.
    const constants = [...law, ...queueParts(queue), ...queueParts(own, 'own/')];
    const whole = from === 'children' ? wholeOfParts(compose(constants, forest), forest, training) : [];
    return [...constants, ...whole, ...shapeRangeParts(forest, training)];
  }

  function compose(shared: readonly Part[], forest: Forest): Composed {
    const measuredJ = wallByLaw(shared, forest);
    const parts = partsOf(readQueue(shared), forest, measuredJ);
    const composed = composeNodes(ownValues(readQueue(shared, 'own/'), forest, false), forest, parts);
    const whole = shared.find(({ name }) => name === wholePart);
    const factor = (c: number): number => whole?.values[whole.terms.indexOf(levels[forest.level[c]])] ?? 1;
    const wallJ = composed.wallJ.map((joules, c) => (isLeaf(forest, c) ? measuredJ(c) : factor(c) * joules));
    return { ...composed, wallJ, measuredJ };
  }

  return {
    *fit({ forest, variant, folds }) {
      for (const { name: fold, heldOut } of folds) {
        const training = forest.workloads.filter((workload) => !heldOut(workload));
        yield { variant, fold, shared: fitFold(forest, training), seeds: [] };
      }
    },
    predict({ shared }, forest, workloads) {
      const composed = compose(shared, forest);
      const classes = classesOf(workloads, predictsLeaves ? 'all' : 'inner');
      const [wallJ, latencyS] = [pick(composed.wallJ, classes), pick(composed.latencyS, classes)];
      const outside = outsideShapes(forest, shared, classes, from);
      return { classes, ...outside, draws: [{ seed: null, wallJ, latencyS, alpha: null }] };
    },
    explain({ shared }, forest, node) {
      if (isLeaf(forest, node)) return explainByLaw(shared, forest, node);
      const { wallJ, measuredJ } = compose(shared, forest);
      // A measured child is what the law makes of it.
      const known = (c: number): number => (predictsLeaves ? wallJ[c] : measuredJ(c));
      return partSummands(forest, node, wallJ[node], (c) => (Number.isNaN(known(c)) ? wallJ[c] : known(c)));
    },
  };
}

/**
 * Mean of measured over composed energy, by level: parts are measured alone, back to back, and a whole takes a little
 * less or more than they do. Learned from the training models, as the paper's α is.
 */
function wholeOfParts({ wallJ }: PlannedNodes, forest: Forest, training: readonly Workload[]): Part[] {
  const terms = levels.slice(1);
  const classes = [...measuredClasses(forest, training)].filter(partsMeasured(forest, 'children'));
  const values = terms.map((level) => {
    const ratios = classes.flatMap((c) => (levels[forest.level[c]] === level ? [forest.wallJ[c] / wallJ[c]] : []));
    const known = ratios.filter(Number.isFinite);
    return known.length === 0 ? 1 : known.reduce((sum, ratio) => sum + ratio, 0) / known.length;
  });
  return [{ name: wholePart, terms, values: Float64Array.from(values) }];
}

export const composition = composer('primitives');
