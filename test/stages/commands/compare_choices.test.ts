/** What `compare` says of choices: the same figures in text, JSON and CSV, and no more than the intervals allow. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareChoices } from '../../../stages/commands/compare_choices.js';
import { namedModels } from '../../../stages/commands/compare_handler.js';
import { compareCsv, compareJson } from '../../../stages/commands/compare_json.js';
import { compareText } from '../../../stages/commands/compare_text.js';
import { thrown } from '../../thrown.js';
import { changed, toyPrediction } from '../energy/prediction/toy_intervals.js';

const price = 0.1319;
const bert = await toyPrediction('bert-base-uncased');
const distilbert = await toyPrediction('distilbert-base-uncased');
const five = await toyPrediction(await changed('distilbert-base-uncased', 'intermediate=3071'));

test('choices that their intervals leave open are named, and those that their modules tell apart', () => {
  const { overlaps, per } = compareChoices([bert, distilbert, five], [null, null, null]);
  assert.is(per, 'batch');
  assert.equal(overlaps!.map(({ numbers }) => numbers), [[2, 3]]); // prettier-ignore
  const text = compareText(compareChoices([bert, distilbert, five], [null, null, null]), price).join('\n');
  assert.match(text, /Cannot be told apart, their 90 % intervals overlap: 2 and 3/);
  assert.match(text, /at least 80 %/);
  assert.match(text, /planned: from its specification alone/);
});

test('accuracies give the front; without one there is no place on it', () => {
  const comparison = compareChoices([bert, distilbert, five], [93, 91, null]);
  assert.equal(comparison.choices.map(({ judged }) => judged?.standing ?? null), ['on', 'on', null]); // prettier-ignore
  assert.match(compareText(comparison, price).join('\n'), /on it 1, 2\n1 without an accuracy/);
});

test('batches of different sizes are compared by the input', async () => {
  const twice = await toyPrediction('bert-base-uncased', { batchSize: 16 });
  const comparison = compareChoices([bert, twice], [null, null]);
  assert.is(comparison.per, 'input');
  const [first, second] = comparison.choices;
  assert.is(first.energyJ, bert.tree.root.wallJ / 8);
  assert.is(second.energyJ, twice.tree.root.wallJ / 16);
  assert.ok(Math.abs(second.difference!.differenceJ - (second.energyJ - first.energyJ)) < 1e-12);
  assert.match(compareText(comparison, price).join('\n'), /J an input/);
});

test('text, JSON and CSV say the same', () => {
  const comparison = compareChoices([bert, distilbert], [93, 91]);
  const json = compareJson(comparison, price);
  assert.is(json.choices[1].wall_j, distilbert.tree.root.wallJ);
  assert.is(json.choices[0].against_first, null);
  const { parts, difference_j } = json.choices[1].against_first!;
  assert.ok(Math.abs(parts.reduce((sum, part) => sum + part.difference_j, 0) - difference_j) < 1e-9);
  assert.equal(json.cannot_be_told_apart, []);
  const [header, first] = compareCsv(comparison, price).split('\n').map((line) => line.split(',')); // prettier-ignore
  assert.is(first.length, header.length);
  assert.is(Number(first[header.indexOf('wall_j')]).toPrecision(6), bert.tree.root.wallJ.toPrecision(6));
  assert.is(first[header.indexOf('setting')], 'planned');
  const text = compareText(comparison, price).join('\n');
  assert.match(text, /All 2 are told apart: no two 90 % intervals overlap/);
  assert.match(text, /between modules/);
});

test('without intervals nothing is said to be told apart', async () => {
  const bare = await Promise.all(['gpt2', 'distilgpt2'].map((model) => toyPrediction(model, { pct: null })));
  const comparison = compareChoices(bare, [null, null]);
  assert.is(comparison.overlaps, null);
  assert.match(compareText(comparison, price).join('\n'), /cannot be said which choices are told apart/);
});

test('a pattern names all models that fit, each once', async () => {
  const known = ['bert', 'google/a_1', 'google/a_2', 'gpt2'];
  assert.equal(namedModels(['google/a_*', 'bert', 'google/a_1'], known), ['google/a_1', 'google/a_2', 'bert']);
  assert.equal(namedModels(['google/a_?', './my.yaml'], known), ['google/a_1', 'google/a_2', './my.yaml']);
  assert.match((await thrown(() => namedModels(['b*x'], known))).message, /no model has such a name/);
});

test.run();
