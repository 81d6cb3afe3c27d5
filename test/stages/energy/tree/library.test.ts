import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildTree } from '../../../../stages/energy/tree/build.js';
import { operatorNames } from '../../../../stages/energy/tree/count.js';
import { Library } from '../../../../stages/energy/tree/library.js';
import { modelList } from '../../../../stages/energy/tree/model_list.js';
import { primitiveNames } from '../../../../stages/energy/tree/primitives.js';
import { thrown } from '../../../thrown.js';

const family = `family: toy
about: two layers of one product
dimensions: { H: hidden, L: layers, V: vocabulary, h: heads }
derived: { d: H / h }
max_length: 8 * L
root: Toy
modules:
  Toy:
    takes: (b,s):int64
    steps:
      - words = Embedding (b,s):int64 (V,H)
      - layer[L] = Layer
  Layer:
    takes: (b,s,H)
    steps:
      - dense = Linear (b,s,H) -> (b,s,h*d)
      - add (b,s,H) (b,s,H)
`;
const configuration = `model: own/toy
family: toy
about: a test's
dimensions: { hidden: 6, layers: 2, vocabulary: 10, heads: 3 }
`;

/** A library of one's own folder, shown in messages as DIR. */
function library(files: { readonly family?: string; readonly configuration?: string } = {}): [Library, string] {
  const folder = mkdtempSync(join(tmpdir(), 'models-'));
  for (const kind of ['families', 'configurations']) mkdirSync(join(folder, kind));
  writeFileSync(join(folder, 'families', 'toy.yaml'), files.family ?? family);
  writeFileSync(join(folder, 'configurations', 'own--toy.yaml'), files.configuration ?? configuration);
  return [new Library([folder]), folder];
}

async function problems(files: Parameters<typeof library>[0]): Promise<string[]> {
  const [models, folder] = library(files);
  const { name, message } = await thrown(() => models.model('own/toy'));
  assert.is(name, 'UsageError');
  const known = [...operatorNames, ...primitiveNames].join(', ');
  return message.replaceAll(`${folder}/`, '').replace(known, 'OPERATORS').split('\n');
}

test('a family and a configuration in a folder of one’s own make a tree', () => {
  const [models] = library();
  assert.equal(models.modelNames(), ['own/toy']);
  const model = models.model('own/toy');
  assert.equal([model.maxLength, model.dimensions.d], [16, 2]);
  const tree = buildTree(model, { batchSize: 2, length: 4 });
  const [product, layer] = [8 * 6 * 13, 8 * 6 * 14]; // n·o(2i+1), and n·H for the addition
  assert.equal(
    tree.map(({ scope, type, flops }) => [scope, type, flops]),
    [
      ['', 'Toy', 2 * layer],
      ['words', 'Embedding', 0],
      ['0', 'Layer', layer],
      ['0.dense', 'Linear', product],
      ['1', 'Layer', layer],
      ['1.dense', 'Linear', product],
    ],
  );
  assert.is(tree[0].parameters, 60 + 2 * 42);
});

test('the working directory takes precedence over what is shipped', () => {
  const [, folder] = library();
  const [, other] = library({ configuration: configuration.replace('hidden: 6', 'hidden: 9') });
  assert.is(new Library([folder, other]).model('own/toy').dimensions.H, 6);
  assert.is(new Library([other, folder]).model('own/toy').dimensions.H, 9);
});

const edits: readonly (readonly [what: string, from: string, to: string, expected: readonly string[]])[] = [
  ['a wrong key', 'root:', 'rooot:', [
    'families/toy.yaml:1:1 root: expected a text, received nothing',
    'families/toy.yaml:6:1 rooot: unknown key, did you mean "root"?',
  ]],
  ['a shape that is not closed', '(b,s,H) -> (b,s,h*d)', '(b,s,H -> (b,s)', [
    'families/toy.yaml:16:9 modules.Layer.steps.0: expected "," or ")" at character 23 of "dense = Linear (b,s,H -> (b,s)", found "-> (b,s)"',
  ]],
  ['an unknown dimension', '(V,H)', '(W,H)', [
    'families/toy.yaml:11:9 modules.Toy.steps.0: unknown dimension "W"; nearest: b',
  ]],
  ['an unknown module', '= Layer', '= Leyer', [
    'families/toy.yaml:12:9 modules.Toy.steps.1: unknown module "Leyer"; nearest: Layer',
    'families/toy.yaml:14:5 modules.Layer: no module runs Layer',
  ]],
  ['an unknown operator', 'add (b', 'adds (b', [
    'families/toy.yaml:17:9 modules.Layer.steps.1: unknown operator "adds"; nearest: add',
  ]],
  ['a name that every object has', 'add (b', 'toString (b', [
    'families/toy.yaml:17:9 modules.Layer.steps.1: unknown operator "toString"; known: OPERATORS',
  ]],
  ['a module without a name', 'layer[L] = Layer', 'Layer', [
    'families/toy.yaml:12:9 modules.Toy.steps.1: module Layer needs a name: "name = Layer"',
  ]],
  ['shapes for a module', 'layer[L] = Layer', 'layer[L] = Layer (b,s,H)', [
    'families/toy.yaml:12:9 modules.Toy.steps.1: module Layer takes its shapes from its own description',
  ]],
  ['a primitive without its output', ' -> (b,s,h*d)', '', [
    'families/toy.yaml:16:9 modules.Layer.steps.0: Linear needs its output: "-> (…)"',
  ]],
  ['an embedding without its table', ' (V,H)', '', [
    'families/toy.yaml:11:9 modules.Toy.steps.0: Embedding takes 2 shapes, found 1',
  ]],
  ['a named operator', 'add (b', 'sum = add (b', [
    'families/toy.yaml:17:9 modules.Layer.steps.1: add is an operator: it has no name',
  ]],
  ['a second child of one name', 'add (b,s,H) (b,s,H)', 'dense = Tanh (b,s,H)', [
    'families/toy.yaml:17:9 modules.Layer.steps.1: a second child dense',
  ]],
  ['a module inside itself', 'add (b,s,H) (b,s,H)', 'again = Layer', [
    'families/toy.yaml:14:5 modules.Layer: Toy → Layer → Layer: a module inside itself',
  ]],
  ['a root that is no module', 'root: Toy', 'root: Boy', [
    'families/toy.yaml:6:7 root: unknown module "Boy"; nearest: Toy',
  ]],
  ['a dimension of the workload', 'h: heads }', 's: heads }', [
    'families/toy.yaml:3:55 dimensions.s: s is a dimension of the workload',
    'families/toy.yaml:4:15 derived.d: unknown dimension "h"; nearest: H',
    'families/toy.yaml:16:9 modules.Layer.steps.0: unknown dimension "h"; nearest: H',
  ]],
  ['another name than its file', 'family: toy', 'family: tom', [
    'families/toy.yaml:1:1 family: expected the name the file has: toy',
  ]],
  ['a mapping that is not closed', 'heads }', 'heads', [
    'families/toy.yaml:4:1 Flow map in block collection must be sufficiently indented and end with a }',
  ]],
]; // prettier-ignore

for (const [what, from, to, expected] of edits) {
  test(`a family with ${what} is refused where it stands`, async () => {
    assert.ok(family.includes(from));
    assert.equal(await problems({ family: family.replace(from, to) }), expected);
  });
}

const sizes: readonly (readonly [what: string, from: string, to: string, expected: readonly string[]])[] = [
  ['a size that is no number', 'hidden: 6', 'hidden: six', [
    'configurations/own--toy.yaml:4:23 dimensions.hidden: expected a number, received "six"',
  ]],
  ['sizes that are no positive whole numbers', 'hidden: 6, layers: 2', 'hidden: 6.5, layers: 0', [
    'configurations/own--toy.yaml:4:23 dimensions.hidden: expected a whole number, received 6.5',
    'configurations/own--toy.yaml:4:36 dimensions.layers: expected a positive number',
  ]],
  ['a dimension too few and one too many', 'layers: 2', 'leyers: 2', [
    'configurations/own--toy.yaml:4:34 dimensions.leyers: family toy has no such dimension; nearest: layers',
    'configurations/own--toy.yaml:4:13 dimensions: missing for family toy: layers',
  ]],
  ['heads that do not divide the hidden size', 'hidden: 6', 'hidden: 7', [
    'configurations/own--toy.yaml:4:13 dimensions: H / h is no whole number: 7 / 3',
  ]],
  ['an unknown family', 'family: toy', 'family: tay', [
    'configurations/own--toy.yaml:2:9 family: unknown family "tay"; nearest: toy',
  ]],
  ['another name than its file', 'own/toy', 'own/tay', [
    'configurations/own--toy.yaml:1:8 model: received "own/tay", did you mean "own/toy"?',
  ]],
]; // prettier-ignore

for (const [what, from, to, expected] of sizes) {
  test(`a configuration with ${what} is refused where it stands`, async () => {
    assert.equal(await problems({ configuration: configuration.replace(from, to) }), expected);
  });
}

test('an unknown model is named with the nearest', async () => {
  const models = new Library();
  assert.is(
    (await thrown(() => models.model('bert-base'))).message,
    'unknown model "bert-base"; nearest: bert-base-uncased',
  );
});

test('six models and 24 miniatures are shipped, each with the sizes its name says', () => {
  const models = modelList();
  const miniatures = models.filter(({ model }) => model.startsWith('google/bert_uncased_'));
  assert.equal([models.length, miniatures.length], [30, 24]);
  for (const { model, family, dimensions, max_length } of miniatures) {
    const [layers, hidden, heads] = model.match(/\d+/g)!.map(Number);
    const { intermediate, vocabulary, positions, types } = dimensions;
    assert.equal([dimensions.layers, dimensions.hidden, dimensions.heads], [layers, hidden, heads]);
    assert.equal([heads, intermediate, vocabulary, positions, types], [hidden / 64, 4 * hidden, 30522, 512, 2]);
    assert.equal([family, max_length], ['bert', 512]);
  }
  assert.is(models.find(({ model }) => model === 'google/bert_uncased_L-12_H-768_A-12')!.num_parameters, 109482240);
  assert.is(models.find(({ model }) => model === 'roberta-base')!.max_length, 512);
});

test.run();
