import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../../pipeline/database.js';
import type { Fitted, Part } from '../../../../stages/energy/predictors/predictor.js';
import { readFitted } from '../../../../stages/energy/predictors/read_fitted.js';
import { FittedRows } from '../../../../stages/train/fitted_rows.js';

const part = (name: string, constants: Readonly<Record<string, number>>): Part => ({
  name,
  terms: Object.keys(constants),
  values: Float64Array.from(Object.values(constants)),
});

async function roundTrip(folds: readonly Fitted[]): Promise<readonly Fitted[]> {
  const rows = new FittedRows({ predictor: 'planned', features: 'all', variant: 'clean', split: 'leave_model_out' });
  for (const fold of folds) rows.add(fold);
  const database = await Database.open();
  await database.insert('fitted', rows.table());
  const [read] = await readFitted(database);
  database.close();
  return read.folds;
}

test('folds whose parts have other terms, or other parts, come back as they were', async () => {
  const folds: Fitted[] = [
    { variant: 'clean', fold: 'a', shared: [part('catalogue', { 'Linear(8)': 1, 'Tanh(8)': 2 })], seeds: [] },
    { variant: 'clean', fold: 'b', shared: [part('catalogue', { 'Conv1D(8)': 3 }), part('tiling', { S: 15 })], seeds: [] }, // prettier-ignore
  ];
  assert.equal(await roundTrip(folds), folds);
});

test('seeds come back beside what they share', async () => {
  const seeds = [1, 2].map((seed) => ({ seed, parts: [part('tree/weight', { '1': seed, gpu_j: 2 * seed })] }));
  const folds: Fitted[] = [{ variant: 'clean', fold: 'a', shared: [part('tree/tau', { '1': 10 })], seeds }];
  assert.equal(await roundTrip(folds), folds);
});

test.run();
