/** METHODS 2's figures on the published measurements, without replay: what the tables must show (issue 4). */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toRows } from '../../../pipeline/rows.js';
import { needs } from '../../needs.js';
import { publishedFeatures, sixModels } from '../published_features.js';
import { fitAndEvaluate } from './fit_and_evaluate.js';

const folder = needs('published');

if (folder) {
  const features = publishedFeatures(join(folder, 'device_1'));

  /** Mean errors over all rows, as `features level` → %. */
  const errorsOf = async (predictor: string, sets: readonly string[], seeds = 1): Promise<Record<string, number>> => {
    const context = await fitAndEvaluate(features, sixModels, {
      train: { predictors: [predictor], features: sets, variants: ['paper'], seeds },
    });
    const rows = toRows(context.written.get('errors')!);
    context.close();
    const all = rows.filter(({ model, weighting }) => model === 'all' && weighting === 'rows');
    return Object.fromEntries(all.map((row) => [`${row.features} ${row.level}`, Number(row.mean_pct)]));
  };

  const near = (found: number, expected: number, within: number) =>
    assert.ok(Math.abs(found - expected) <= within, `${found}, expected ${expected} ± ${within}`);

  test('primitives and their plain sum: nothing random, METHODS to the digit', async () => {
    const errors = await errorsOf('predicted_sum', ['all', 'model_only', 'resource_only']);
    near(errors['all ml'], 0.7, 0.01);
    near(errors['model_only ml'], 5.76, 0.03);
    near(errors['resource_only ml'], 0.63, 0.01);
    near(errors['all module'], 16.4, 0.03);
    near(errors['all model'], 17.69, 0.03);
  });

  test('unstructured in closed form: METHODS to the digit', async () => {
    const errors = await errorsOf('unstructured_ols', ['all']);
    near(errors['all module'], 0.96, 0.01);
    near(errors['all model'], 0.46, 0.01);
  });

  test('end2end and stepwise: a few seeds lie where METHODS has sixty', async () => {
    const end2end = await errorsOf('end2end', ['all'], 4);
    near(end2end['all module'], 8.61, 0.08);
    // The range of one seed there.
    assert.ok(end2end['all model'] > 3.5 && end2end['all model'] < 8.4, String(end2end['all model']));
    const stepwise = await errorsOf('stepwise', ['all'], 4);
    near(stepwise['all module'], 9.29, 0.08);
    assert.ok(stepwise['all model'] > 12.6 && stepwise['all model'] < 17, String(stepwise['all model']));
  });
}

test.run();
