/** Runs train for every partition of one predictor, then evaluate, as the engine would. */
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Table as ArrowTable } from 'apache-arrow';
import { Database } from '../../../pipeline/database.js';
import { partitionKey } from '../../../pipeline/stage.js';
import { evaluate, evaluateParams, type EvaluateParams } from '../../../stages/evaluate/stage.js';
import { train, trainParams } from '../../../stages/train/stage.js';
import { anySource, fakeContext, type FakeContext } from '../context.js';

/** Enough for every split; the rows at hand decide which folds there are. */
const grid = { models: ['one', 'other'], batch_sizes: [2, 128], lengths: [8, 16] };

export async function fitAndEvaluate(
  features: ArrowTable,
  models: readonly string[],
  settings: { readonly train: object; readonly evaluate?: object },
): Promise<FakeContext<EvaluateParams>> {
  const params = trainParams.parse(settings.train);
  const evaluateSettings = evaluateParams.parse(settings.evaluate ?? {});
  const featurize = models.map((model) => ({ model }));
  const partitions = train.partitions(params, { featurize }, { evaluate: evaluateSettings, trace: grid }, anySource);
  const folder = mkdtempSync(join(tmpdir(), 'fitted-'));
  const files: { path: string }[] = [];
  for (const partition of partitions) {
    const context = await fakeContext({ params, tables: { features }, partition, upstream: { featurize } });
    await train.run(context);
    const path = join(folder, `${partitionKey(partition)}.parquet`);
    await writeParquet(context.written.get('fitted')!, path);
    files.push({ path });
    context.close();
  }
  const upstream = { featurize, train: partitions };
  const [partition] = evaluate.partitions(evaluateSettings, upstream, {}, anySource);
  const context = await fakeContext({ params: evaluateSettings, tables: { features }, partition, upstream });
  await context.database.view('fitted', files);
  await evaluate.run(context);
  rmSync(folder, { recursive: true });
  return context;
}

async function writeParquet(rows: ArrowTable, path: string): Promise<void> {
  const database = await Database.open();
  await database.insert('rows', rows);
  await database.copy('FROM rows', path);
  database.close();
}
