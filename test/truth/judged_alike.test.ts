/**
 * Live and align judge the same rounds by check 17, by different energies: live by the stamps as they are, for the last burst
 * that fixes the clock is yet to come; align by fitted ones. How far the two are apart is bounded here.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { variation_pct } from '../../stages/profile/live/round_checks.js';
import { ordinary } from './simulated_pc.js';
import { SimulatedSession } from './simulated_session.js';

/** In points of a per cent, of check 17's limit of 1 %: a variation nearer to that limit may be judged either way. */
const apart_pct = 0.005;

test('the variation that live judges by is that of align to 0.005 points', async () => {
  const session = new SimulatedSession();
  await session.measure(ordinary);
  const { measurements } = await session.aligned();
  const apart = session.jobs.map(({ measurement_id: id }) => {
    const own = measurements.filter((row) => row.measurement_id === id && !row.excluded);
    const live = session.rounds.filter((row) => row.measurement_id === id && row.excluded_by.length === 0);
    assert.is(own.length, live.length, id);
    const [there, here] = [own, live].map((rows) => variation_pct(rows.map(({ wall_j }) => Number(wall_j))));
    return Math.abs(there! - here!);
  });
  assert.ok(apart.length > 10, `${apart.length} measurements`);
  assert.ok(Math.max(...apart) < apart_pct, `${Math.max(...apart)} points`);
});

test.run();
