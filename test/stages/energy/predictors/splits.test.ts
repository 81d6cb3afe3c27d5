import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../../pipeline/errors.js';
import { foldsOf, nestedFolds, splitNames, type SplitName } from '../../../../stages/energy/predictors/splits.js';
import { forestOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames, smallRows } from '../../small_features.js';

const { workloads } = await forestOf(smallFeatures(smallRows({ batches: [2, 128] })), smallModelNames);

const held = (split: (typeof splitNames)[number]) =>
  Object.fromEntries(foldsOf(split, workloads).map(({ name, heldOut }) => [name, workloads.filter(heldOut).length]));

test('each split holds out its groups', () => {
  assert.equal(held('leave_model_out'), { small: 4, tiny: 4, talker: 4 });
  assert.equal(held('leave_family_out'), { encoders: 8, gpts: 4 });
  assert.equal(held('leave_batch_out'), { b2: 6, b128: 6 });
  assert.equal(held('leave_length_out'), { s8: 6, s16: 6 });
  assert.equal(held('large_out'), { over_1024: 3 });
});

test('a workload published without its root is held out with its model’s family', () => {
  const rootless = { ...workloads.find(({ model }) => model === 'talker')!, family: 'talker', length: 32 };
  const folds = foldsOf('leave_family_out', [...workloads, rootless]);
  assert.equal(
    folds.map(({ name, heldOut }) => [name, heldOut(rootless)]),
    [
      ['encoders', false],
      ['gpts', true],
    ],
  );
});

/** Of the first fold of a split: what is held out inside of it, with how many workloads. */
const nested = (split: SplitName, of = workloads) =>
  Object.fromEntries(nestedFolds(foldsOf(split, of)[0], of).map(({ fold, heldOut }) => [fold.name, heldOut.length]));

test('inside a fold models are held out in turn, or groups like its own where there are two', () => {
  assert.equal(nested('leave_model_out'), { 'small and tiny': 4, 'small and talker': 4 });
  assert.equal(nested('leave_family_out'), {}, 'one model is left');
  // With one batch size left there is nothing like it to hold out.
  assert.equal(nested('leave_batch_out'), { 'b2 and small': 2, 'b2 and tiny': 2, 'b2 and talker': 2 });
  const third = workloads.filter(({ length }) => length === 8).map((workload) => ({ ...workload, length: 64 }));
  assert.equal(nested('leave_length_out', [...workloads, ...third]), { 's16 and s8': 6, 's64 and s8': 6 });
  for (const { fold, heldOut } of nestedFolds(foldsOf('large_out', workloads)[0], workloads)) {
    assert.ok(heldOut.every((workload) => fold.heldOut(workload)));
  }
});

test('a split with nothing to train on is refused with the fold', () => {
  const [one] = workloads;
  try {
    foldsOf('leave_model_out', [one]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UsageError);
    assert.match((error as Error).message, 'leave_model_out leaves nothing to train in its fold small');
  }
  assert.throws(() => foldsOf('large_out', [one]), 'large_out leaves nothing to test in its fold over_1024');
});

test.run();
