/** What is not there, or not as it is described, is said before anything is measured, with what to do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { buildRig } from '../stages/commands/bench_rig.js';
import { hasty, ProcessRig } from './process_rig.js';
import { refusals } from './refusal_cases.js';

const [socat, make] = [needs('socat'), needs('make')];

if (socat && make && needs('cc')) {
  const built = buildRig(make);
  for (const { name, prepare, set = [], code, says } of refusals) {
    test(`${name} is told`, async () => {
      const rig = new ProcessRig(built, socat, hasty);
      try {
        await prepare?.(rig);
        const options = set.flatMap((one) => ['--set', one.replace('PORT', rig.port)]);
        assert.is(await rig.measure(...options).ended, code, rig.said);
        assert.match(rig.said, says);
        assert.is(rig.journal().includes('"round"'), false);
      } finally {
        await rig.end();
      }
    });
  }
}

test.run();
