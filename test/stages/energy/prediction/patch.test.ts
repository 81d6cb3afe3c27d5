/** Patches over a configuration: what they say, and what they may not. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeModel, modelOfSizes } from '../../../../stages/energy/prediction/described_model.js';
import {
  mergePatches,
  parsePatch,
  patched,
  patchInWords,
  readPatch,
} from '../../../../stages/energy/prediction/patch.js';
import { thrown } from '../../../thrown.js';
import { changed } from './toy_intervals.js';

const bert = (await describeModel('bert-base-uncased')).sizes!;
const folder = mkdtempSync(join(tmpdir(), 'patch-'));

function file(text: string): string {
  const path = join(folder, 'patch.yaml');
  writeFileSync(path, text);
  return path;
}

test('a file and words say the same', () => {
  const written = readPatch(
    file('dimensions: { layers: 6, hidden: 512 }\nheads: 8\nactivation: relu\nbatch: 32\n'),
    bert,
  );
  const said = parsePatch(['layers=6', 'hidden=512', 'heads=8', 'activation=relu', 'batch=32'], bert);
  assert.equal(written, said);
  assert.is(patchInWords(said), 'hidden 512, heads 8, layers 6, activation relu, batch 32');
  const merged = mergePatches(written, parsePatch(['layers=4', 'length=64'], bert));
  assert.is(patchInWords(merged), 'hidden 512, heads 8, layers 4, activation relu, batch 32, length 64');
});

test('a patched model is the model of these sizes, named after the change', async () => {
  const small = await changed('bert-base-uncased', 'layers=2', 'hidden=128', 'heads=2', 'intermediate=512');
  const tiny = await describeModel('google/bert_uncased_L-2_H-128_A-2');
  const workload = { batchSize: 8, length: 32 };
  assert.equal(small.tree(workload), tiny.tree(workload));
  assert.is(small.name, 'bert-base-uncased with hidden 128, heads 2, layers 2, intermediate 512');
  assert.is(patched(bert, parsePatch(['batch=32'], bert)), bert);
});

test('another activation replaces the operators of the feed-forward modules, and is extrapolated', async () => {
  const relu = await changed('gpt2', 'activation=relu');
  const mlp = relu.tree({ batchSize: 8, length: 32 }).find(({ type }) => type === 'MLP')!;
  assert.equal(mlp.operators.map(({ operator }) => operator), ['relu']); // prettier-ignore
  assert.match(relu.differences.join(), /relu where the fitted models of its family run gelu_new/);
});

test('mistakes name their place and the nearest key', async () => {
  const wrong = async (text: string, pattern: RegExp) =>
    assert.match((await thrown(() => readPatch(file(text), bert))).message, pattern);
  await wrong('layer: 6\n', /patch\.yaml:1:1 layer: unknown key, did you mean "layers"\?/);
  await wrong('dimensions: { hiden: 6 }\n', /patch\.yaml:1:15 dimensions\.hiden: unknown key, did you mean "hidden"\?/);
  await wrong('activation: rellu\n', /activation: received "rellu", did you mean "relu"\?/);
  await wrong('layers: 2.5\n', /layers: .*whole number/);
  await wrong('layers: -2\n', /layers: expected a positive whole number/);
  const words = async (said: string[], pattern: RegExp) =>
    assert.match((await thrown(() => parsePatch(said, bert))).message, pattern);
  await words(['layer=6'], /--set layer: it cannot be changed; did you mean "layers"\?/);
  await words(['layers=six'], /--set layers: expected a positive whole number, received "six"/);
  await words(['activation=gelo'], /--set activation: gelo is not known; did you mean "gelu"\?/);
  await words(['layers'], /--set layers: expected KEY=VALUE/);
  await words(['layers=1', 'layers=2'], /given more than once/);
});

test('sizes that do not go together are refused with the reason', async () => {
  const error = await thrown(() => modelOfSizes(patched(bert, parsePatch(['hidden=500'], bert))));
  assert.match(error.message, /hidden 500: H \/ h is no whole number: 500 \/ 12/);
});

test.run();
