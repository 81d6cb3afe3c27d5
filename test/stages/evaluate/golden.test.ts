/** Every digit that matters of the errors on the small models: any change of the method shows as a diff of the file. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import { toRows } from '../../../pipeline/rows.js';
import { predictorNames } from '../../../stages/energy/predictors/list.js';
import { smallFeatures, smallModelNames } from '../small_features.js';
import { fitAndEvaluate } from './fit_and_evaluate.js';

const file = join(packageRoot, 'test', 'stages', 'evaluate', 'golden_errors.csv');

/** The paper's predictors; later ones have goldens of their own. */
const golden = predictorNames.filter((name) =>
  ['end2end', 'stepwise', 'predicted_sum', 'unstructured', 'unstructured_ols'].includes(name),
);

async function errorsOf(predictor: string): Promise<string[]> {
  const context = await fitAndEvaluate(smallFeatures(), smallModelNames, {
    train: { predictors: [predictor], features: ['all', 'model_only'], seeds: 2, epochs: 2 },
  });
  const rows = toRows(context.written.get('errors')!).filter(({ model }) => model === 'all');
  context.close();
  return rows.map((row) =>
    Object.values(row)
      .map((value) => (typeof value === 'number' ? Number(value.toPrecision(8)) : value))
      .join(','),
  );
}

test('the errors on the small models are the golden ones', async () => {
  const lines: string[] = [];
  for (const predictor of golden) lines.push(...(await errorsOf(predictor)));
  const text = `${lines.join('\n')}\n`;
  if (!existsSync(file) && !process.env.CI) writeFileSync(file, text);
  assert.fixture(text, readFileSync(file, 'utf8'));
});

test.run();
