/**
 * How long end2end's training takes on the published measurements: six folds × 8 epochs, one seed (promised ≤ 0.5 s on
 * one core, stretch 0.25 s) and twenty in one pass. Run `node dist/bench/training.js` after a build; it needs the
 * published files.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { featureSets } from '../stages/energy/predictors/feature_sets.js';
import { predictors } from '../stages/energy/predictors/list.js';
import { needs } from '../test/needs.js';
import { forestOf, problemOf } from '../test/stages/forest_of.js';
import { publishedFeatures, sixModels } from '../test/stages/published_features.js';

const folder = needs('published');
if (!folder) process.exit(4);

const forest = await forestOf(publishedFeatures(join(folder, 'device_1')), sixModels);
const predictor = await predictors.end2end.load();
console.log(
  `${cpus()[0].model}, Node ${process.version}; ${forest.classOf.length} nodes, ${forest.type.length} classes\n`,
);
console.log('| features | variant | seeds | s of one core, median of 5 | a seed |\n|---|---|---|---|---|');

for (const features of featureSets) {
  for (const variant of ['paper', 'clean'] as const) {
    for (const count of [1, 20]) {
      const seeds = Array.from({ length: count }, (_, i) => i + 1);
      const times = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        for (const _ of predictor.fit(problemOf(forest, { features, variant, seeds, epochs: 8 })));
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1e6;
      });
      const median = times.sort((a, b) => a - b)[2];
      console.log(
        `| ${features.name} | ${variant} | ${count} | ${median.toFixed(3)} | ${(median / count).toFixed(3)} |`,
      );
    }
  }
}
