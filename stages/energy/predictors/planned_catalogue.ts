/**
 * Planning with a catalogue (S3, METHODS 3): primitives of equal computation that were measured in other models are taken
 * as they were there, all else as planned. Nothing measured of the model itself is looked at.
 */
import { classesOf, isLeaf, pick, type Forest, type Workload } from './forest.js';
import { composeNodes, ownValues, partSummands } from './launch_queue/from_parts.js';
import { measuredParts, type KnownParts } from './launch_queue/known_parts.js';
import { fitLaunchQueue, queueParts, readQueue, type FittedQueue } from './launch_queue/fit.js';
import { fitOwnKernels } from './launch_queue/own_kernels_fit.js';
import { partOf } from './parts.js';
import { measuredShapes, planNodes, plannedSummands, type PlannedNodes } from './launch_queue/planned_nodes.js';
import type { Part, Predictor } from './predictor.js';
import { unknownClock } from './launch_queue/values.js';
import { outsideShapes, shapeRangeParts } from './shape_range.js';

const quantities = ['launch_s', 'gpu_s', 'dynamic_j'] as const;

/** Launch time, GPU time and dynamic energy of one computation, means over where it was measured. */
type Entry = readonly [launchS: number, gpuS: number, dynamicJ: number];
type Catalogue = ReadonlyMap<string, Entry>;

/** Parts `catalogue/launch_s`, `catalogue/gpu_s`, `catalogue/dynamic_j`: the terms are computations. */
function catalogueParts(fitted: FittedQueue, forest: Forest, training: readonly Workload[]): Part[] {
  const parts = measuredParts(
    fitted,
    forest,
    (c) => forest.wallJ[c],
    (c) => isLeaf(forest, c),
  );
  const sums = new Map<string, [count: number, ...Entry]>();
  for (const c of classesOf(training, 'leaves')) {
    if (parts.known[c] === 0) continue;
    const signature = forest.computations!.signature[c];
    const [count, launchS, gpuS, dynamicJ] = sums.get(signature) ?? [0, 0, 0, 0];
    sums.set(signature, [count + 1, launchS + parts.launchS[c], gpuS + parts.gpuS[c], dynamicJ + parts.dynamicJ[c]]);
  }
  const terms = [...sums.keys()].sort();
  return quantities.map((quantity, k) => ({
    name: `catalogue/${quantity}`,
    terms,
    values: Float64Array.from(terms, (term) => sums.get(term)![k + 1] / sums.get(term)![0]),
  }));
}

function readCatalogue(parts: readonly Part[]): Catalogue {
  const [launch, gpu, dynamic] = quantities.map((quantity) => partOf(parts, `catalogue/${quantity}`));
  return new Map(launch.terms.map((term, k) => [term, [launch.values[k], gpu.values[k], dynamic.values[k]]]));
}

/** The parts of a forest: from the catalogue where it has the computation, else planned. */
function cataloguedParts(fitted: FittedQueue, catalogue: Catalogue, forest: Forest): KnownParts {
  const planned = planNodes(fitted, forest, unknownClock);
  const [launchS, gpuS, dynamicJ] = [planned.launchS.slice(), planned.gpuS.slice(), planned.dynamicJ.slice()];
  const known = forest.type.map((_, c) => {
    const entry = isLeaf(forest, c) ? catalogue.get(forest.computations!.signature[c]) : undefined;
    if (entry) [launchS[c], gpuS[c], dynamicJ[c]] = entry;
    return entry ? 1 : 0;
  });
  return { launchS, gpuS, dynamicJ, known: Uint8Array.from(known) };
}

interface Catalogued extends PlannedNodes {
  readonly parts: KnownParts;
}

function compose(shared: readonly Part[], forest: Forest): Catalogued {
  const parts = cataloguedParts(readQueue(shared), readCatalogue(shared), forest);
  return { ...composeNodes(ownValues(readQueue(shared, 'own/'), forest, false), forest, parts), parts };
}

function fitFold(forest: Forest, training: readonly Workload[]): Part[] {
  const queue = fitLaunchQueue(forest, training);
  const catalogue = catalogueParts(queue, forest, training);
  const parts = cataloguedParts(queue, readCatalogue(catalogue), forest);
  const own = fitOwnKernels(queue, forest, training, parts);
  return [...queueParts(queue), ...queueParts(own, 'own/'), ...catalogue, ...shapeRangeParts(forest, training)];
}

export const plannedCatalogue: Predictor = {
  *fit({ forest, variant, folds }) {
    for (const { name: fold, heldOut } of folds) {
      const training = forest.workloads.filter((workload) => !heldOut(workload));
      yield { variant, fold, shared: fitFold(forest, training), seeds: [] };
    }
  },
  predict({ shared }, forest, workloads) {
    const { wallJ, latencyS } = compose(shared, forest);
    const classes = classesOf(workloads);
    const shapes = measuredShapes(forest);
    const scored = classes.map((c) => shapes[c]);
    const draws = [{ seed: null, wallJ: pick(wallJ, scored), latencyS: pick(latencyS, scored), alpha: null }];
    return { classes, ...outsideShapes(forest, shared, classes), draws };
  },
  explain({ shared }, forest, node) {
    const fitted = readQueue(shared);
    const { wallJ, parts } = compose(shared, forest);
    const c = measuredShapes(forest)[node];
    if (!isLeaf(forest, c)) return partSummands(forest, c, wallJ[c], (child) => wallJ[child]);
    return parts.known[c] === 1
      ? [{ name: 'as in the catalogue', wallJ: wallJ[c], child: null }]
      : plannedSummands(fitted, forest, planNodes(fitted, forest, unknownClock), c);
  },
};
