/** What is of the GPU alone is said to be, in every answer of `predict`, `compare` and `what-if`: no word or key is the wall's. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareChoices } from '../../../stages/commands/compare_choices.js';
import { compareCsv, compareJson } from '../../../stages/commands/compare_json.js';
import { compareText } from '../../../stages/commands/compare_text.js';
import { energyKeys } from '../../../stages/commands/energy_keys.js';
import { predictCsv } from '../../../stages/commands/predict_csv.js';
import { predictHtml } from '../../../stages/commands/predict_html.js';
import { predictJson } from '../../../stages/commands/predict_json.js';
import { predictText } from '../../../stages/commands/predict_text.js';
import { whatIf, whatIfJson, whatIfText } from '../../../stages/commands/what_if_text.js';
import { describeModel } from '../../../stages/energy/prediction/described_model.js';
import type { Compared } from '../../../stages/energy/prediction/difference.js';
import { parsePatch } from '../../../stages/energy/prediction/patch.js';
import { changed, toyPrediction } from '../energy/prediction/toy_intervals.js';

const price = 0.1319;
const shown = { price, depth: 3 };
const plain = { style: { bold: (text: string) => text } } as never;
const ofGpu = ({ tree, nodes }: Compared): Compared => ({ tree: { ...tree, energy: 'gpu_j' }, nodes });

const wall = await toyPrediction('bert-base-uncased');
const bert = ofGpu(wall);
const distilbert = ofGpu(await toyPrediction('distilbert-base-uncased'));
const gpt2 = ofGpu(await toyPrediction('gpt2'));
const { sizes } = await describeModel('bert-base-uncased');
const fewer = ofGpu(await toyPrediction(await changed('bert-base-uncased', 'layers=6')));
const change = whatIf(bert, fewer, parsePatch(['layers=6'], sizes!));

/** Every key of a document, at any depth. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, below]) => [key, ...keysOf(below)]);
}

/** Keys of energies, kWh and cost that do not say whose they are; a price is nobody's. */
const unsaid = (keys: readonly string[]): string[] =>
  keys.filter((key) => /(^|_)(j|kwh|cost)(_|$)/.test(key) && !/^gpu_/.test(key) && key !== 'price_usd_per_kwh');

const documents = {
  predict: (of: Compared) => energyKeys(of.tree, predictJson(of.tree, price)),
  compare: (of: Compared) => energyKeys(of.tree, compareJson(compareChoices([of, of], [null, null]), price)),
  'what-if': (of: Compared) => energyKeys(of.tree, whatIfJson({ ...change, before: of.tree }, price)),
};

for (const [command, documentOf] of Object.entries(documents)) {
  test(`${command} --json: the GPU's keys are its own, the wall's are as they were`, () => {
    const [gpu, wallsOwn] = [bert, wall].map(documentOf);
    assert.equal(unsaid(keysOf(gpu)), []);
    assert.ok(keysOf(gpu).includes('gpu_j') && (gpu as { energy: string }).energy === 'gpu_j');
    assert.ok(keysOf(wallsOwn).includes('wall_j') && !('energy' in wallsOwn));
    assert.not(keysOf(wallsOwn).some((key) => key.startsWith('gpu_')));
    assert.is(keysOf(gpu).length, keysOf(wallsOwn).length + 1);
  });
}

test('the values under them are the same', () => {
  const document = documents.predict(bert) as Record<string, number>;
  const { root, batchSize } = bert.tree;
  assert.equal([document.gpu_j, document.gpu_interval_low_j, document.gpu_interval_high_j], [root.wallJ, root.lowJ, root.highJ]); // prettier-ignore
  assert.is(document.gpu_kwh_per_million, ((root.wallJ / batchSize) * 1e6) / 3.6e6);
  assert.is(document.gpu_cost, document.gpu_kwh_per_million * price);
});

test('so are the columns of CSV files', () => {
  for (const csv of [predictCsv([bert.tree], price), compareCsv(compareChoices([bert, gpt2], [null, null]), price)]) {
    const [head, first] = csv.split(/\r?\n/);
    assert.equal(unsaid(head.split(',')), []);
    assert.is(head.split(',')[0], 'energy');
    assert.is(first.split(',')[0], 'gpu_j');
  }
});

const lead = /^GPU alone, not the wall: /;

test('each answer for people begins with it, and so do the columns', () => {
  const one = predictText([bert.tree], shown, plain).lines.join('\n').split('\n');
  assert.match(one[0], lead);
  assert.match(one.join('\n'), /share +GPU energy/);
  const many = predictText([bert.tree, fewer.tree], shown, plain).lines.join('\n').split('\n');
  assert.match(many[0], lead);
  assert.match(many[2], /GPU J a batch +interval +latency +GPU per million inputs +GPU cost/);
  const compared = compareText(compareChoices([bert, distilbert, gpt2], [null, null, null]), price).join('\n').split('\n'); // prettier-ignore
  assert.match(compared[0], lead);
  assert.match(compared[2], /GPU J a batch +interval +latency +GPU per million +GPU cost/);
  assert.ok(compared.some((line) => /^GPU alone, not the wall: Against 1 bert-base-uncased/.test(line)));
  const whatIfLines = whatIfText(change, price);
  assert.match(whatIfLines[0], lead);
  assert.match(whatIfLines[2], /^original: GPU alone, not the wall: /);
});

test('and the page', () => {
  const page = predictHtml([bert.tree, fewer.tree], price);
  assert.match(page, /<h1>GPU alone, not the wall: /);
  assert.is(page.split('<p class="answer">GPU alone, not the wall: ').length, 3);
  assert.match(page, />GPU: a batch<.*>GPU: a million inputs<.*>GPU: cost</);
  assert.not.match(page, />(Energy|A batch|A million inputs|Cost)</);
});

test('what is of the wall does not mention it', () => {
  const said = [
    ...predictText([wall.tree], shown, plain).lines,
    ...compareText(compareChoices([wall, wall], [null, null]), price),
    predictHtml([wall.tree], price),
  ].join('\n');
  assert.not.match(said, /GPU/);
});

test.run();
