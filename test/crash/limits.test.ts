/** A sample of the torture's limits, spread from too little to enough. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inParallel } from './in_parallel.js';
import { limited, limitsHere, type Limit } from './limits.js';
import { toy, undisturbed } from './subject.js';

/** So many values of each. */
const samples = 4;

const spread = ({ values }: Limit): number[] =>
  Array.from({ length: samples }, (_, i) => values[Math.round((i * (values.length - 1)) / (samples - 1))]);

for (const limit of limitsHere()) {
  test(`${limit.name}: too few of them is told in one message, nothing is half written, and it goes on`, async () => {
    const expected = await undisturbed(toy);
    const found = await inParallel(spread(limit), (value) => limited(limit, value, expected));
    expected.remove();
    assert.equal(found.flatMap(([, problems]) => problems), []); // prettier-ignore
    const codes = found.map(([{ code }]) => code);
    assert.is.not(codes[0], 0, `${limit.values[0]} ${limit.unit} are enough`);
    assert.is(codes.at(-1), 0, `${limit.values.at(-1)} ${limit.unit} are not enough`);
  });
}

test.run();
