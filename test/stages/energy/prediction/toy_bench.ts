/**
 * A bench whose constants are the twin's: the wall-power law and the launch-queue model evaluated directly, for tests
 * of what surrounds the predictors.
 */
import { join } from 'node:path';
import { packageRoot } from '../../../../pipeline/paths.js';
import { readTwin } from '../../../../stages/energy/benches/twin.js';
import type { FittedBench } from '../../../../stages/energy/prediction/fitted_bench.js';
import { featureNames } from '../../../../stages/energy/predictors/feature_sets.js';
import { classesOf, recordWidth, type Forest } from '../../../../stages/energy/predictors/forest.js';
import { launchQueue, type Work } from '../../../../stages/energy/predictors/launch_queue/launch_queue.js';
import type { Fitted, Predictor, Summand } from '../../../../stages/energy/predictors/predictor.js';
import { addWork, noWork, ownWork } from '../../../../stages/energy/predictors/launch_queue/work.js';
import { levels } from '../../../../stages/energy/predictors/forest.js';

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
export const { law: toyLaw } = twin;

const nothing: Fitted = { variant: 'clean', fold: 'none', shared: [], seeds: [] };
const [gpu, latency] = ['gpu_j', 'latency_s'].map((name) => (featureNames as readonly string[]).indexOf(name));
const part = (name: string, wallJ: number): Summand => ({ name, wallJ, child: null });

const law: Predictor = {
  *fit() {},
  predict(_, forest, workloads) {
    const classes = classesOf(workloads);
    const wallJ = Float64Array.from(
      classes,
      (c) =>
        toyLaw.eta * forest.records[c * recordWidth + gpu] + toyLaw.rest_w * forest.records[c * recordWidth + latency],
    );
    const draws = [{ seed: null, wallJ, latencyS: null, alpha: null }];
    return { classes, extrapolated: new Uint8Array(classes.length), reasons: [], draws };
  },
  explain: (_, forest, c) => [
    part('GPU', toyLaw.eta * forest.records[c * recordWidth + gpu]),
    part('rest of the machine', toyLaw.rest_w * forest.records[c * recordWidth + latency]),
  ],
};

/** The work below every class; Softmax of an attention longer than 384 tokens is a reason to extrapolate. */
function works(forest: Forest): Work[] {
  const found: Work[] = [];
  for (const c of classesOf(forest.workloads)) {
    const { length } = forest.workloads.find(({ first, end }) => first <= c && c < end)!;
    const node = { type: forest.types[forest.type[c]], level: levels[forest.level[c]], length };
    const sum = noWork();
    addWork(sum, ownWork(node, forest.computations!.operators[c], twin.tiling));
    for (let e = forest.childStart[c]; e < forest.childStart[c + 1]; e++) {
      for (let copy = 0; copy < forest.copies[e]; copy++) addWork(sum, found[forest.child[e]]);
    }
    found[c] = sum;
  }
  return found;
}

const queue = (work: Work) => launchQueue({ ...twin, static_w: twin.static_power_w }, work);

const planned: Predictor = {
  *fit() {},
  predict(_, forest, workloads) {
    const classes = classesOf(workloads);
    const queues = works(forest).map(queue);
    const wallJ = Float64Array.from(classes, (c) => queues[c].wall_j);
    const latencyS = Float64Array.from(classes, (c) => queues[c].latency_s);
    const longest = Math.max(...workloads.map(({ length }) => length));
    const extrapolated = new Uint8Array(classes.length).fill(longest > 384 ? 1 : 0);
    return {
      classes,
      extrapolated,
      reasons: ['longer than 384'],
      draws: [{ seed: null, wallJ, latencyS, alpha: null }],
    };
  },
  explain(_, forest, c) {
    const { dynamic_j, latency_s } = queue(works(forest)[c]);
    return [part('static', twin.static_power_w * latency_s), part('dynamic', dynamic_j)];
  },
};

const all: Readonly<Record<string, Predictor>> = { law, planned };

/** With these predictors, by default both. */
export const toyBench = (predictors: readonly string[] = Object.keys(all)): FittedBench => ({
  name: 'toy',
  source: 'the twin’s constants',
  energy: 'wall_j',
  predictors,
  open: async (name) => (predictors.includes(name) ? { predictor: all[name], fitted: nothing } : null),
});
