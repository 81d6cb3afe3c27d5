/** What a change is worth: the answer, the parts that add up, and no claim beyond the intervals. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { whatIf, whatIfJson, whatIfText } from '../../../stages/commands/what_if_text.js';
import { describeModel } from '../../../stages/energy/prediction/described_model.js';
import { parsePatch } from '../../../stages/energy/prediction/patch.js';
import { changed, toyPrediction } from '../energy/prediction/toy_intervals.js';

const price = 0.1319;
const { sizes } = await describeModel('bert-base-uncased');
const patch = (...words: string[]) => parsePatch(words, sizes!);
const bert = await toyPrediction('bert-base-uncased');

test('fewer layers: the saving stands in the first line, told apart by both intervals', async () => {
  const found = whatIf(bert, await toyPrediction(await changed('bert-base-uncased', 'layers=6')), patch('layers=6'));
  const lines = whatIfText(found, price);
  assert.match(lines[0], /^layers 6: −[\d.]+ m?J a batch \(−\d+ %\), −[\d.]+ kWh per million inputs – told apart from the original by both intervals$/); // prettier-ignore
  assert.match(lines.join('\n'), /attention +BertSelfAttention +×12 → ×6/);
  const { before, after, difference_j, parts, change, saved_kwh_per_million } = whatIfJson(found, price);
  assert.equal(change, { layers: 6 });
  assert.ok(Math.abs(after.wall_j - before.wall_j - difference_j) < 1e-12);
  assert.ok(Math.abs(before.kwh_per_million - after.kwh_per_million - saved_kwh_per_million) < 1e-12);
  assert.ok(parts.some(({ role, type }) => role === 'between modules' && type === 'BertModel'));
});

test('a change within the intervals is not told apart', async () => {
  const relu = whatIf(
    bert,
    await toyPrediction(await changed('bert-base-uncased', 'activation=relu'), { pct: 20 }),
    patch('activation=relu'),
  );
  assert.match(whatIfText(relu, price)[0], /^activation relu: .* – not told apart from the original$/);
});

test('another batch is compared by the input', async () => {
  const found = whatIf(bert, await toyPrediction('bert-base-uncased', { batchSize: 32 }), patch('batch=32'));
  assert.is(found.per, 'input');
  assert.match(whatIfText(found, price)[0], /^batch 32: .* an input \(/);
  assert.is(whatIfJson(found, price).after.batch_size, 32);
});

test.run();
