/**
 * The figures that the product promises on the authors' measurements of PC1 (METHODS 5), each model, and each family,
 * predicted while held out, with the coverage of the intervals.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { levels } from '../../../../stages/energy/predictors/forest.js';
import { intervalParts, intervalsOf } from '../../../../stages/energy/predictors/intervals.js';
import { predictors } from '../../../../stages/energy/predictors/list.js';
import type { SplitName } from '../../../../stages/energy/predictors/splits.js';
import { needs } from '../../../needs.js';
import { computedForest, publishedNodes } from '../../computed_forest.js';
import { problemOf } from '../../forest_of.js';
import { paperBatchSizes, paperLengths, paperModels } from '../twin_rows.js';

/** Upper limits, %: mean over every node of a level, the worst whole model, the mean of whole models without their family. */
interface Bars {
  readonly ml?: number;
  readonly module: number;
  readonly model: number;
  readonly worst?: number;
  readonly familyModel?: number;
}

const bars = {
  law: { ml: 0.53, module: 0.45, model: 0.45, worst: 1.6, familyModel: 0.5 },
  children: { module: 1.8, model: 0.7 },
  composition: { ml: 0.53, module: 0.9, model: 0.9, worst: 3.5, familyModel: 1 },
  planned: { ml: 1.3, module: 0.9, model: 0.9, worst: 4, familyModel: 1.7 },
  planned_catalogue: { ml: 0.85, module: 0.85, model: 0.85, worst: 4, familyModel: 1.6 },
  planned_clock: { ml: 1.3, module: 0.9, model: 0.9, worst: 4, familyModel: 1.7 },
} as const satisfies Record<string, Bars>;

type Level = (typeof levels)[number];
type ByLevel = Partial<Record<Level, { meanPct: number; worstPct: number; coveredPct: number }>>;

const folder = needs('published');
if (folder !== null) {
  const device = join(folder, 'device_1');
  const forest = computedForest(await publishedNodes(device, paperModels, paperBatchSizes, paperLengths));

  /** Of what is held out in turn, by level: errors and how many lie in their 90 % interval; nodes count alike. */
  const heldOut = async (name: keyof typeof bars, split: SplitName): Promise<ByLevel> => {
    const predictor = await predictors[name].load();
    const problem = problemOf(forest, { split });
    const sums = new Map<Level, { n: number; error: number; worst: number; covered: number }>();
    let at = 0;
    for (const fitted of predictor.fit(problem)) {
      const fold = problem.folds[at++];
      const shared = [...fitted.shared, ...intervalParts(predictor, problem, fold)];
      const workloads = forest.workloads.filter(fold.heldOut);
      const { classes, extrapolated, draws } = predictor.predict({ ...fitted, shared }, forest, workloads);
      const { wallJ } = draws[0];
      const { lowJ, highJ } = intervalsOf({ ...fitted, shared }, forest, classes, wallJ, extrapolated)!;
      classes.forEach((c, i) => {
        const level = levels[forest.level[c]];
        const sum = sums.get(level) ?? { n: 0, error: 0, worst: 0, covered: 0 };
        const [nodes, measured] = [forest.nodes[c], forest.wallJ[c]];
        const error = 100 * Math.abs(wallJ[i] / measured - 1);
        sum.n += nodes;
        sum.error += nodes * error;
        sum.worst = Math.max(sum.worst, error);
        if (lowJ[i] <= measured && measured <= highJ[i]) sum.covered += nodes;
        sums.set(level, sum);
      });
    }
    return Object.fromEntries(
      [...sums].map(([level, { n, error, worst, covered }]) => [
        level,
        { meanPct: error / n, worstPct: worst, coveredPct: (100 * covered) / n },
      ]),
    );
  };

  for (const [name, limit] of Object.entries<Bars>(bars) as [keyof typeof bars, Bars][]) {
    test(`${name}: a model that is held out`, async () => {
      const found = await heldOut(name, 'leave_model_out');
      for (const level of levels) {
        const bar = limit[level];
        if (bar === undefined) continue;
        const { meanPct, coveredPct } = found[level]!;
        assert.ok(meanPct <= bar, `${level}: ${meanPct.toFixed(3)} %, at most ${bar}`);
        assert.ok(coveredPct >= 87 && coveredPct <= 93, `${level}: ${coveredPct.toFixed(1)} % in their 90 % interval`);
      }
      const { worstPct } = found.model!;
      assert.ok(worstPct <= (limit.worst ?? Infinity), `worst ${worstPct.toFixed(2)} %, at most ${limit.worst}`);
    });

    test(`${name}: a family that is held out`, async () => {
      const found = await heldOut(name, 'leave_family_out');
      const { meanPct } = found.model!;
      assert.ok(meanPct <= (limit.familyModel ?? limit.model), `${meanPct.toFixed(3)} %, at most ${limit.familyModel}`);
      for (const { coveredPct } of Object.values(found)) {
        assert.ok(coveredPct >= 85, `${coveredPct.toFixed(1)} % in their 90 % interval`);
      }
    });
  }
}

test.run();
