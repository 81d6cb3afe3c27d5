/** Accuracies from a file, and those that are shipped. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkAccuracies, readAccuracies } from '../../../../stages/energy/prediction/pareto_accuracy.js';
import { Library } from '../../../../stages/energy/tree/library.js';
import { thrown } from '../../../thrown.js';

const folder = mkdtempSync(join(tmpdir(), 'accuracy-'));

function file(text: string): string {
  const path = join(folder, 'accuracy.csv');
  writeFileSync(path, text);
  return path;
}

test('the shipped scores are the four that were published, each with its source', async () => {
  const scores = await readAccuracies('sst2');
  const names = new Library().modelNames();
  assert.equal([...scores.values()].map(({ accuracyPct }) => accuracyPct), [83.2, 85.9, 89.7, 89.6]); // prettier-ignore
  for (const [model, { source }] of scores) {
    assert.ok(names.includes(model), model);
    assert.match(source!, /^https:\/\/github\.com\/google-research\/bert\//);
  }
});

test('columns in any order, others ignored', async () => {
  const scores = await readAccuracies(file('note,accuracy_pct,model\nx,88.5,a\ny,90,b\n'));
  assert.equal([...scores], [['a', { accuracyPct: 88.5, source: null }], ['b', { accuracyPct: 90, source: null }]]); // prettier-ignore
});

test('mistakes name their place', async () => {
  const wrong = async (text: string, pattern: RegExp) =>
    assert.match((await thrown(() => readAccuracies(file(text)))).message, pattern);
  await wrong('model,accuracy\na,1\n', /accuracy\.csv:1: column accuracy_pct is missing/);
  await wrong('model,accuracy_pct\na,0.9x\n', /accuracy\.csv:2: column accuracy_pct/);
  await wrong('model,accuracy_pct\na,101\n', /expected a percentage, 0 to 100/);
  await wrong('model,accuracy_pct\na,1\na,2\n', /accuracy\.csv:3: a second accuracy of a/);
  assert.match((await thrown(() => readAccuracies('no-such'))).message, /no such file of accuracies/);
  const scores = new Map([['bert-base-uncased', { accuracyPct: 90, source: null }]]);
  const error = await thrown(() => checkAccuracies('f.csv', scores, ['bert-base']));
  assert.match(`${error.message} ${error.hint}`, /no accuracy of bert-base nearest: bert-base-uncased/);
});

test.run();
