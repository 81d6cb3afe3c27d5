/** A sample of the torture's programs at one run at the same time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../stages/energy/random.js';
import { toy, undisturbed } from './subject.js';
import { together } from './together.js';

const samples = 4;

test('two runs, clean and query at a run whose owner was killed: all end well or are refused, and nothing is lost', async () => {
  const expected = await undisturbed(toy);
  for (let i = 0; i < samples; i++) assert.equal(await together(expected, new Random('together', i)), [], `case ${i}`);
  expected.remove();
});

test.run();
