/**
 * Planning (S3): the energy of a model that nobody ran, from its specification alone, by the launch-queue model
 * (METHODS 3, research/planned.md). Nothing measured of the model is looked at; `planned_clock` is told the GPU's clock
 * beside it.
 */
import { classesOf, type Forest, type Workload } from './forest.js';
import { fitLaunchQueue, queueParts, readQueue, type FittedQueue } from './launch_queue/fit.js';
import { measuredShapes, plannedSummands, planNodes, type PlannedNodes } from './launch_queue/planned_nodes.js';
import type { Predictor } from './predictor.js';
import { clockOf } from './launch_queue/rows.js';
import { loggedClock, unknownClock } from './launch_queue/values.js';
import { outsideShapes, shapeRangeParts } from './shape_range.js';

/** Planning with the clock told, or without. */
export function planner({ clockTold }: { readonly clockTold: boolean }): Predictor {
  const plan = (fitted: FittedQueue, forest: Forest): PlannedNodes =>
    planNodes(fitted, forest, clockTold ? loggedClock(fitted, forest) : unknownClock);
  return {
    *fit({ forest, variant, folds }) {
      for (const { name: fold, heldOut } of folds) {
        const training = forest.workloads.filter((workload) => !heldOut(workload));
        const ranges = shapeRangeParts(forest, training);
        const shared = [...queueParts(fitLaunchQueue(forest, training, clockTold)), ...ranges];
        yield { variant, fold, shared, seeds: [] };
      }
    },
    predict({ shared }, forest, workloads: readonly Workload[]) {
      const fitted = readQueue(shared);
      const planned = plan(fitted, forest);
      const [classes, shapes] = [classesOf(workloads), measuredShapes(forest)];
      const wallJ = Float64Array.from(classes, (c) => planned.wallJ[shapes[c]]);
      const latencyS = Float64Array.from(classes, (c) => planned.latencyS[shapes[c]]);
      const draws = [{ seed: null, wallJ, latencyS, alpha: null }];
      const other = clockTold ? outsideClock(fitted, forest) : undefined;
      return { classes, ...outsideShapes(forest, shared, classes, 'nothing', other), draws };
    },
    explain({ shared }, forest, node) {
      const fitted = readQueue(shared);
      return plannedSummands(fitted, forest, plan(fitted, forest), measuredShapes(forest)[node]);
    },
  };
}

/** Says of a class whose told clock is none that was measured. */
const outsideClock =
  ({ clock }: FittedQueue, forest: Forest) =>
  (c: number): string | null => {
    const mhz = clockOf(forest, c);
    if (clock === null || !(mhz > 0)) return null;
    if (mhz < clock.lowest_mhz)
      return `GPU clock below ${Math.floor(clock.lowest_mhz)} MHz, the lowest it was fitted on`;
    return mhz > clock.highest_mhz
      ? `GPU clock above ${Math.ceil(clock.highest_mhz)} MHz, the highest it was fitted on`
      : null;
  };

export const planned = planner({ clockTold: false });
