import { readFile } from 'node:fs/promises';
import type { TaskContext } from '../../pipeline/stage.js';
import { loadForest } from '../energy/predictors/load_forest.js';
import { entryOf, type OwnModules } from '../energy/predictors/own.js';
import { readFitted } from '../energy/predictors/read_fitted.js';
import { foldsOf, type SplitName } from '../energy/predictors/splits.js';
import { Draws } from './draws.js';
import { ofSetting } from './of_setting.js';
import type { EvaluateParams } from './stage.js';
import { errors, predictions, seedPredictions } from './tables.js';

const sql = (name: string): Promise<string> => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

/** Predicts from one predictor's fits what each fold held out, and measures the errors in SQL. */
export async function run(context: TaskContext<EvaluateParams>): Promise<void> {
  const { params, partition, upstream, database, progress, signal } = context;
  const name = partition.predictor;
  const entry = entryOf(name, context.borrowed as OwnModules | undefined);
  const predictor = await entry.load();
  const forest = await loadForest(
    database,
    upstream.featurize.map(({ model }) => model),
    { computations: entry.computations },
  );
  const fits = await readFitted(database);
  const draws = new Draws(name, entry, forest);
  const judged = ofSetting(forest, entry.setting);
  for (const [i, fit] of fits.entries()) {
    signal.throwIfAborted();
    const folds = new Map(foldsOf(fit.split as SplitName, forest.workloads).map((fold) => [fold.name, fold]));
    draws.start(fit);
    for (const fitted of fit.folds) {
      const heldOut = forest.workloads.filter(folds.get(fitted.fold)!.heldOut);
      draws.add(fitted, judged(predictor.predict(fitted, forest, heldOut)));
    }
    progress(i + 1, fits.length);
  }
  await draws.insert(database);
  await context.write(predictions, { sql: await sql('predictions') });
  await context.write(errors, { sql: await sql('errors') });
  const everySeed = await sql('seed_predictions');
  await context.write(seedPredictions, { sql: params.seed_predictions ? everySeed : `${everySeed} LIMIT 0` });
}
