/**
 * A predictor of one's own: the wall draws so many times what the GPU's driver counts, and nothing else. Compiled beside
 * a configuration (`npx tsc --module nodenext my_predictor.ts`) it is named there:
 *
 *     train: { predictors: [law, { module: ./my_predictor.js, name: in_proportion }] }
 */
import { classesOf, featureOf, outsideRanges, partOf, rangesOf, single } from 'irene-energy/predictor';
import type { Forest, OwnPredictor, Ranged, Workload } from 'irene-energy/predictor';

/** Wall energy for each joule of the GPU, as a mean over all measured nodes of what is not held out. */
function ratioOf(forest: Forest, training: readonly Workload[]): number {
  const measured = classesOf(training).filter((c) => forest.ran[c] === 1);
  const ratios = Array.from(measured, (c) => forest.wallJ[c] / featureOf(forest, c, 'gpu_j'));
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** What is told as extrapolated: a latency beyond those of the training rows. */
const ranged = (forest: Forest): Ranged => ({
  group: () => 'all',
  columns: [{ name: 'latency', unit: 's', of: (c) => featureOf(forest, c, 'latency_s') }],
});

export default {
  about: 'wall = ratio × GPU: one constant',
  setting: 'profiled', // it needs every node's GPU energy
  leafSetting: 'profiled',
  variants: ['clean'], // fitted without the held-out model
  random: false,
  ownFeatures: true, // whatever train.features says

  *fit({ forest, variant, folds }) {
    for (const { name: fold, heldOut } of folds) {
      const training = forest.workloads.filter((workload) => !heldOut(workload));
      const ranges = rangesOf(ranged(forest), classesOf(training));
      yield { variant, fold, shared: [single('ratio', ratioOf(forest, training)), ...ranges], seeds: [] };
    }
  },

  predict({ shared }, forest, workloads) {
    const classes = classesOf(workloads);
    const ratio = partOf(shared, 'ratio').values[0];
    const wallJ = Float64Array.from(classes, (c) => ratio * featureOf(forest, c, 'gpu_j'));
    const draw = { seed: null, wallJ, latencyS: null, alpha: null };
    return { classes, ...outsideRanges(ranged(forest), shared, classes), draws: [draw] };
  },

  explain({ shared }, forest, node) {
    const wallJ = partOf(shared, 'ratio').values[0] * featureOf(forest, node, 'gpu_j');
    return [{ name: 'GPU', wallJ, child: null }];
  },
} satisfies OwnPredictor;
