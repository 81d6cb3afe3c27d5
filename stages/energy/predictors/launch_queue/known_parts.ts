/**
 * What is known of a node as a part of others (research/planned.md 2, step 6): how long its launches and its kernels
 * take, and what it takes beyond the static power. Measured where it was, else planned.
 */
import type { Forest } from '../forest.js';
import type { FittedQueue } from './fit.js';
import { measuredShapes, planNodes } from './planned_nodes.js';
import { loggedClock, unknownClock } from './values.js';
import { latencyOf, utilisationOf } from './rows.js';

/** Class by class. */
export interface KnownParts {
  readonly launchS: Float64Array;
  readonly gpuS: Float64Array;
  readonly dynamicJ: Float64Array;
  /** 1 where the class was measured: what is above it takes it as it is. */
  readonly known: Uint8Array;
}

/** Launches are not what a node waits for where a kernel ran for more than this share of the time (planned.md 2). */
const busy = 0.97;

/**
 * The parts of a forest as measured. A node that waits for its launches by its specification took its time for them,
 * and its kernels ran as long as the utilisation says; any other took its time for its kernels. `wallOf` gives a class's
 * energy as it is known: measured, or by the law.
 */
export function measuredParts(
  fitted: FittedQueue,
  forest: Forest,
  wallOf: (c: number) => number,
  taken: (c: number) => boolean,
): KnownParts {
  const logged = planNodes(fitted, forest, loggedClock(fitted, forest));
  const planned = fitted.clock ? planNodes(fitted, forest, unknownClock) : logged;
  const shapes = measuredShapes(forest);
  const parts = {
    launchS: planned.launchS.slice(),
    gpuS: planned.gpuS.slice(),
    dynamicJ: planned.dynamicJ.slice(),
    known: new Uint8Array(forest.type.length),
  };
  shapes.forEach((shape, c) => {
    const latencyS = latencyOf(forest, shape);
    const wallJ = wallOf(shape);
    if (!taken(c) || !(latencyS > 0) || Number.isNaN(wallJ)) return;
    const waits = logged.launchS[shape] > logged.gpuS[shape];
    const utilisation = utilisationOf(forest, shape);
    const running = waits && utilisation < busy ? utilisation * latencyS : latencyS;
    // A shape that was not run itself is the one that was, times what the specification makes of the difference.
    if (waits) parts.launchS[c] = latencyS * ratio(logged.launchS, c, shape);
    parts.gpuS[c] = running * ratio(logged.gpuS, c, shape);
    parts.dynamicJ[c] = (wallJ - logged.staticW[shape] * latencyS) * ratio(logged.dynamicJ, c, shape);
    parts.known[c] = 1;
  });
  return parts;
}

const ratio = (of: Float64Array, c: number, shape: number): number =>
  c === shape || of[shape] === 0 ? 1 : of[c] / of[shape];
