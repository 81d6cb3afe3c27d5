/** Outputs that a user asked for, where the program is killed or its disk fails: a sample of their operations. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { Random } from '../../stages/energy/random.js';
import { countOfExport, disturbedExport, exportBase } from './exports.js';
import { buildFaults, type Fault } from './faults.js';
import { inParallel } from './in_parallel.js';
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

  test('export: the folder is whole or absent, one message, all else as it was, and the next one works', async () => {
    const library = buildFaults(cc);
    const { base, whole } = await exportBase();
    for (const what of ['kill', 'ENOSPC', 'EIO', 'EROFS'] as const) {
      const count = await countOfExport(library, base, what);
      assert.ok(count > 50, `export does ${count} operations`);
      const random = new Random('export', what);
      // Two anywhere, and the two that follow the last file: its name, and the folder's that tells of it.
      const at = [0, 1].map(() => 1 + Math.floor(count * random.uniform()));
      const faults = [...at, count - 1, count].map((at): Fault => ({ what, at }));
      const wrong = await inParallel(faults, (fault) => disturbedExport(library, base, whole, fault));
      assert.equal(wrong.flat(), []);
    }
    base.remove();
  });
}

test.run();
