import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classesOf, type Workload } from '../../../../stages/energy/predictors/forest.js';
import type { Fitted } from '../../../../stages/energy/predictors/predictor.js';
import { extrapolated, rangeParts } from '../../../../stages/energy/predictors/range.js';
import { forestOf, problemOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames, smallRows } from '../../small_features.js';

const forest = await forestOf(smallFeatures(smallRows()), smallModelNames);
const features = { name: 'sizes', columns: ['batch_size', 'length'] as const };
const problem = problemOf(forest, { features });

const reasonsOf = (heldOut: (run: Pick<Workload, 'model' | 'length'>) => boolean) => {
  const fold = { name: 'some', heldOut };
  const fitted: Fitted = { variant: 'clean', fold: fold.name, shared: rangeParts(problem, fold), seeds: [] };
  const workloads = forest.workloads.filter(heldOut);
  const classes = classesOf(workloads);
  const found = extrapolated(fitted, forest, workloads, classes);
  const byType: Record<string, string | null> = {};
  classes.forEach((c, i) => {
    const reason = found.extrapolated[i];
    byType[forest.types[forest.type[c]]] = reason > 0 ? found.reasons[reason - 1] : null;
  });
  return byType;
};

test('within the trained range there is no reason', () => {
  const reasons = reasonsOf(({ model }) => model === 'tiny');
  assert.equal([...new Set(Object.values(reasons))], [null]);
});

test('a feature outside of its range is named with value and range, with the type of the node', () => {
  const reasons = reasonsOf(({ length }) => length === 16);
  assert.is(reasons.Linear, 'length 16 of Linear, fitted at 8');
  assert.is(reasons.Output, 'length 16 of Output, fitted at 8');
});

test('a primitive that was not trained is named, for all that rests on it', () => {
  const reasons = reasonsOf(({ model }) => model === 'talker');
  for (const type of ['Conv1D', 'Output', 'Layer', 'GPT2Model']) assert.is(reasons[type], 'fitted on no Conv1D');
  assert.is(reasons.Linear, null);
});

test.run();
