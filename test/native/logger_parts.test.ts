/** The parts of native/logger, in C and under sanitizers: their tests, and mutated inputs for their parsers. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { build, sources, start } from './logger_rig.js';

const cc = needs('cc');
const make = needs('make');

function defineTests(make: string): void {
  const built = build(make, 'unit', 'fuzz');

  test('the parts pass their tests under sanitizers', async () => {
    const { code, stderr, stdout } = await start(built.unit, []).ended;
    assert.is(code, 0, stderr);
    assert.match(stdout, /^\d+ checks, 0 failed\n$/);
  });

  test('the parsers stand 200 000 mutated inputs under sanitizers', async () => {
    const corpus = join(sources, 'test', 'corpus');
    const { code, stderr } = await start(built.fuzz, ['200000', '1', corpus]).ended;
    assert.is(code, 0, stderr);
  });
}

if (cc && make) defineTests(make);

test.run();
