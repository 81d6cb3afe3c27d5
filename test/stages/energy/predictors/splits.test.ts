import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../../pipeline/errors.js';
import { foldsOf, splitNames } from '../../../../stages/energy/predictors/splits.js';
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
