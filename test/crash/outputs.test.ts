/** Outputs that a user asked for, where the program is killed or its disk fails: a sample of their operations. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { buildFaults } from './faults.js';
import { disturbedOutput, wholeOutput } from './outputs.js';
import { toy, undisturbed } from './subject.js';

const cc = needs('cc');

if (cc) {
  test('query --output: whole or absent, one message, and nothing is left behind by the next one', async () => {
    const library = buildFaults(cc);
    const base = await undisturbed(toy);
    for (const [format, what] of [
      ['csv', 'kill'],
      ['parquet', 'kill'],
      ['arrow', 'ENOSPC'],
      ['json', 'EROFS'],
    ] as const) {
      const { count, text } = await wholeOutput(library, base, format, what);
      assert.ok(count >= 5, `${format} is written by ${count} operations`);
      for (const at of [2, count - 1])
        assert.equal(await disturbedOutput(library, base, format, text, { what, at }), [], format);
    }
    base.remove();
  });
}

test.run();
