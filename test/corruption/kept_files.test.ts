/** A sample of the torture's corruption of what the science keeps: predictors that were fitted, journals of sessions. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../stages/energy/random.js';
import { checkDetectedAndRepaired } from './detected_and_repaired.js';
import { checkPredictorFile, fittedBench, predictorFiles } from './fitted.js';
import { JournalBench } from './journal.js';
import { flipOneBit, truncateBelowSeal } from './spoil.js';

test('what was fitted: a flipped bit is told before anything is predicted with it', async () => {
  const bench = await fittedBench();
  for (const artefact of bench.artefacts) {
    const random = new Random('corruption', artefact.kind);
    await checkDetectedAndRepaired(bench, artefact, () => flipOneBit(artefact.file, random));
  }
  bench.copy.restore();
  for (const one of predictorFiles) {
    const random = new Random('corruption', one.kind);
    assert.ok(one.readers.length >= 2);
    for (const i of one.readers.keys()) {
      await checkPredictorFile(one, i, () => flipOneBit(one.file, random));
      await checkPredictorFile(one, i, () => truncateBelowSeal(one.file, random));
    }
  }
});

test("a session's journal: a flipped bit is told, or is in what nobody finished and changes nothing", async () => {
  const bench = await JournalBench.open();
  const random = new Random('corruption', 'journal');
  for (let i = 0; i < 2; i++) {
    await bench.flippedAsFinished(random, true);
    await bench.flippedAsKilled(random, true);
  }
  await bench.flippedUnfinished(random);
  await bench.putBack();
});

test.run();
