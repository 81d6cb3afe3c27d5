/** A sample of the torture's crashes and failing disks: operations spread over a run, and moments of some stages. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../stages/energy/random.js';
import { needs } from '../needs.js';
import { buildFaults, type Fault } from './faults.js';
import { inParallel } from './in_parallel.js';
import { duration_ms, ended, signals } from './moments.js';
import { countOperations, disturbed, scenarios } from './operations.js';
import { sevenStages, undisturbed } from './subject.js';

/** So many of each kind; the torture takes every operation. */
const samples: readonly (readonly [Fault['what'], number])[] = [
  ['kill', 8],
  ['ENOSPC', 4],
  ['EIO', 2],
  ['EROFS', 2],
];

const cc = needs('cc');

if (cc) {
  test('killed, or failed by the disk, at operations of a run: whole files, one message, and it goes on', async () => {
    const library = buildFaults(cc);
    for (const scenario of await scenarios()) {
      for (const [what, n] of samples) {
        const count = await countOperations(library, scenario, what);
        assert.ok(count > 50, `${scenario.name} does ${count} operations`);
        const random = new Random('crash', scenario.name, what);
        const faults = Array.from({ length: n }, (): Fault => ({ what, at: 1 + Math.floor(count * random.uniform()) }));
        const wrong = await inParallel(faults, (fault) => disturbed(library, scenario, fault));
        assert.equal(wrong.flat(), [], scenario.name);
      }
    }
  });
}

test('ended by a signal in a stage: the next run finishes it, to the same bytes, and repeats nothing', async () => {
  const expected = await undisturbed(sevenStages);
  const random = new Random('moments');
  for (const [i, stage] of ['profile', 'train', 'report'].entries()) {
    const most_ms = await duration_ms(expected, stage);
    assert.equal(await ended(expected, stage, signals[i], most_ms, random), []);
  }
  expected.remove();
});

test.run();
