/** Ctrl-C as it comes: often twice for one press, and again from who does not wait. */
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interruptible } from '../../../pipeline/cli/interruptible.js';

/** Longer than what counts as one press. */
const later_ms = 2100;

test('what comes twice at once is one press, the first as every later one', async () => {
  const interrupt = interruptible();
  let again = 0;
  interrupt.again(() => again++);
  const press = () => ['SIGINT', 'SIGINT'].forEach((name) => process.emit(name as 'SIGINT'));
  press();
  assert.ok(interrupt.signal.aborted);
  assert.is(again, 0);
  for (const presses of [1, 2]) {
    await pause(later_ms);
    press();
    assert.is(again, presses);
  }
  interrupt.release();
  assert.is(process.listenerCount('SIGINT'), 0);
});

test.run();
