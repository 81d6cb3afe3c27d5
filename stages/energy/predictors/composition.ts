/**
 * Composition (S2): a model from its measured primitives and from what its modules run themselves, by the launch-queue
 * model (METHODS 3, research/planned.md 2). Its primitives' own energies are the wall-power law's.
 */
import { classesOf, type Forest, type Workload } from './forest.js';
import { composeNodes, ownValues } from './from_parts.js';
import { measuredParts, type KnownParts } from './known_parts.js';
import { fitLaunchQueue, queueParts, readQueue, type FittedQueue } from './launch_queue_fit.js';
import { explainByLaw, fitForest, lawParts, wallByLaw } from './law.js';
import { fitOwnKernels } from './own_kernels_fit.js';
import type { PlannedNodes } from './planned_nodes.js';
import type { Part, Predictor, Summand } from './predictor.js';
import { outsideShapes, shapeRangeParts } from './shape_range.js';

const isLeaf = ({ childStart }: Forest, c: number): boolean => childStart[c] === childStart[c + 1];

/** What a node is put together from, as far as it was measured: the primitives below it, or its children. */
type PartsOf = 'primitives' | 'children';

/** A predictor that puts modules together. */
export function composer(from: PartsOf): Predictor {
  const predictsLeaves = from === 'primitives';
  const partsOf = (fitted: FittedQueue, forest: Forest, law: (c: number) => number): KnownParts =>
    measuredParts(fitted, forest, law, (c) => from === 'children' || isLeaf(forest, c));

  function fitFold(forest: Forest, training: readonly Workload[]): Part[] {
    const law = lawParts(fitForest(forest, training));
    const queue = fitLaunchQueue(forest, training);
    const own = fitOwnKernels(queue, forest, training, partsOf(queue, forest, wallByLaw(law, forest)));
    // The constants of the whole, and those of own kernels beside measured parts.
    return [...law, ...queueParts(queue), ...queueParts(own, 'own/'), ...shapeRangeParts(forest, training)];
  }

  function compose(shared: readonly Part[], forest: Forest): PlannedNodes & { readonly leafJ: (c: number) => number } {
    const leafJ = wallByLaw(shared, forest);
    const parts = partsOf(readQueue(shared), forest, leafJ);
    return { ...composeNodes(ownValues(readQueue(shared, 'own/'), forest, false), forest, parts), leafJ };
  }

  const wallOf = ({ wallJ, leafJ }: ReturnType<typeof compose>, forest: Forest, c: number): number =>
    isLeaf(forest, c) ? leafJ(c) : wallJ[c];

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
      const wallJ = Float64Array.from(classes, (c) => wallOf(composed, forest, c));
      const latencyS = Float64Array.from(classes, (c) => composed.latencyS[c]);
      const outside = outsideShapes(forest, shared, classes, from);
      return { classes, ...outside, draws: [{ seed: null, wallJ, latencyS, alpha: null }] };
    },
    explain({ shared }, forest, node) {
      if (isLeaf(forest, node)) return explainByLaw(shared, forest, node);
      const composed = compose(shared, forest);
      const summands: Summand[] = [];
      let rest = composed.wallJ[node];
      for (let e = forest.childStart[node]; e < forest.childStart[node + 1]; e++) {
        const [child, copies] = [forest.child[e], forest.copies[e]];
        // A child that was measured is what the law makes of it.
        const known = predictsLeaves ? wallOf(composed, forest, child) : composed.leafJ(child);
        const wallJ = copies * (Number.isNaN(known) ? composed.wallJ[child] : known);
        summands.push({ name: forest.types[forest.type[child]], wallJ, child: { node: child, copies, alpha: 1 } });
        rest -= wallJ;
      }
      return [...summands, { name: 'own kernels, less overlap', wallJ: rest, child: null }];
    },
  };
}

export const composition = composer('primitives');
