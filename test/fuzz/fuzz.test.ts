/** A sample of the torture's bad input: every kind, a few of each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../stages/energy/random.js';
import { freshFolder } from '../pipeline/folder.js';
import { fuzz } from './fuzz.js';
import { makeFolders } from './good_inputs.js';
import { fuzzLines, lineGrammars } from './meter_lines.js';
import { mutated } from './mutate.js';
import { configurations, documents, manifests, tables, type Target } from './targets.js';

const seed = 1;

/** By what one takes: a table of measurements is calibrated, a file of predictors predicts. */
const counts: Readonly<Record<string, number>> = { 'calibrate --from': 15, predictors: 10, bench: 40 };
const usual = 60;

const linesOfEach = 1000;

test.before(() => {
  freshFolder();
  makeFolders();
});

for (const target of [configurations, ...tables, ...documents, ...manifests]) {
  test(`${target.name}: damaged, it is read or refused in one clear message`, async () => {
    assert.equal(await fuzz(target, seed, counts[target.name] ?? usual), []);
  });
}

test('lines of every meter, log and instrument', () => {
  for (const grammar of lineGrammars())
    assert.equal(fuzzLines(grammar, new Random('lines', grammar.name, seed), linesOfEach), []);
});

test('what is told of a case repeats it; a reader that fails otherwise is told', async () => {
  const failing: Target = { name: 'failing', seeds: ['abc'], read: (text) => text.length !== 3 && (null as never as string).length }; // prettier-ignore
  const told = async () => (await fuzz(failing, seed, 10)).map((text) => text.split('\n')[0]);
  const [first, ...rest] = await told();
  assert.match(first, /^failing, seed 1, case \d+: it threw TypeError/);
  assert.equal(await told(), [first, ...rest]);
  assert.is(mutated('abc', new Random(1)), mutated('abc', new Random(1)));
});

test.run();
