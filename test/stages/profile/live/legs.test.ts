/** Legs of several boots stand in one order of time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry } from '../../../../stages/profile/live/journal.js';
import { legsOf } from '../../../../stages/profile/live/legs.js';

const leg = (number: number, boot_id: string, mono_s: number, utc_s: number): Entry => {
  const clocks = { mono_us: mono_s * 1e6, utc_us: utc_s * 1e6 };
  return { kind: 'leg', leg: number, boot_id, ...clocks, runner: 'CPU', clocks: 'free' };
};
const end = (number: number, mono_s: number): Entry => ({ kind: 'end', leg: number, mono_us: mono_s * 1e6 });

const shifts_s = (entries: readonly Entry[]): number[] => legsOf(entries).map(({ shift_us }) => shift_us / 1e6);

test('legs of one boot keep their stamps', () => {
  assert.equal(shifts_s([leg(1, 'a', 100, 1000), end(1, 200), leg(2, 'a', 300, 1200)]), [0, 0]);
});

test('a leg after a reboot comes as much later as UTC says', () => {
  const entries = [leg(1, 'a', 100, 1000), end(1, 200), leg(2, 'b', 50, 1900), end(2, 90), leg(3, 'b', 95, 1945)];
  assert.equal(shifts_s(entries), [0, 950, 950]);
});

test('a clock that was set back does not turn the order round', () => {
  assert.equal(shifts_s([leg(1, 'a', 100, 1000), end(1, 200), leg(2, 'b', 50, 400)]), [0, 210]);
});

test.run();
