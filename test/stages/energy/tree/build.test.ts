import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildTree, type TreeNode } from '../../../../stages/energy/tree/build.js';
import { Library, type Model } from '../../../../stages/energy/tree/library.js';
import { closedForms, primitiveForms, type Sizes } from './closed_forms.js';

const library = new Library();
const models = library.modelNames();

/** research/counting.md 5 and 3: nodes, module level, depth, parameters of the root. */
const published = {
  'bert-base-uncased': [214, 75, 6, 109482240],
  'roberta-base': [214, 75, 6, 124645632],
  'distilbert-base-uncased': [90, 20, 5, 66362880],
  gpt2: [148, 36, 4, 124439808],
  distilgpt2: [76, 18, 4, 81912576],
  'openai-gpt': [147, 36, 4, 116534784],
} as const;

for (const [name, expected] of Object.entries(published)) {
  test(`${name}: nodes, modules, depth and parameters`, () => {
    const tree = buildTree(library.model(name), { batchSize: 8, length: 64 });
    const modules = tree.filter(({ level }) => level === 'module').length;
    const depth = Math.max(...tree.map((node) => node.depth));
    assert.equal([tree.length, modules, depth, tree[0].parameters], expected);
  });
}

function sizesOf({ dimensions }: Model, b: number, s: number): Sizes & { n: number; A: number } {
  const sizes = { T: 0, ...dimensions, b, s } as unknown as Sizes;
  return { ...sizes, n: b * s, A: b * sizes.h * s * s };
}

function expectedOf(node: TreeNode, model: Model, b: number, s: number): readonly number[] {
  const d = sizesOf(model, b, s);
  const [first, second] = node.inputs.map(({ sizes }) => sizes);
  const last = first.at(-1)!;
  switch (node.type) {
    case 'Linear':
      return first.length === 2 ? primitiveForms.pooled(b, d.H) : primitiveForms.linear(b, d.n, last, second[0]);
    case 'Conv1D':
      return primitiveForms.conv1d(d.n, last, second[1]);
    case 'LayerNorm':
      return primitiveForms.layerNorm(d.n, d.H);
    case 'Tanh':
      return primitiveForms.tanh(b, d.H);
    case 'Embedding':
      return primitiveForms.embedding(first[0] * first[1], second[0], d.H);
    case 'MatMul':
      return primitiveForms.matMul(d.n, s, d.H, d.A);
    case 'Softmax':
      return primitiveForms.softmax(d.A);
    default:
      return closedForms[model.family.family][node.type](d);
  }
}

const someWorkload = fc.record({ name: fc.constantFrom(...models), b: fc.integer({ min: 1, max: 40 }), s: fc.integer({ min: 1, max: 512 }) }); // prettier-ignore

test('every node of every model has the counts and parameters of its class in closed form', () => {
  fc.assert(
    fc.property(someWorkload, ({ name, b, s }) => {
      const model = library.model(name);
      for (const node of buildTree(model, { batchSize: b, length: s })) {
        const where = `${name} b${b} s${s} ${node.path}:${node.type}`;
        assert.equal([node.flops, node.memBytes, node.parameters], expectedOf(node, model, b, s), where);
      }
    }),
    { numRuns: 60 },
  );
});

/** Sums a quantity of every node over its subtree, by the parents alone. */
function subtreeSums(tree: readonly TreeNode[], own: (node: TreeNode) => number): number[] {
  const sums = tree.map(own);
  for (let i = tree.length - 1; i > 0; i--) sums[tree[i].parent!] += sums[i];
  return sums;
}

test('own operators summed over a subtree are the counts of its root', () => {
  fc.assert(
    fc.property(someWorkload, ({ name, b, s }) => {
      const tree = buildTree(library.model(name), { batchSize: b, length: s });
      for (const of of ['flops', 'memBytes'] as const) {
        const sums = subtreeSums(tree, ({ operators }) => operators.reduce((sum, operator) => sum + operator[of], 0));
        tree.forEach((node, i) => assert.is(sums[i], node[of], `${name} ${node.path}`));
      }
    }),
    { numRuns: 30 },
  );
});

test('ids are depth-first, depths and scopes follow from the parents', () => {
  for (const name of models) {
    const tree = buildTree(library.model(name), { batchSize: 2, length: 16 });
    tree.forEach((node, i) => {
      assert.is(node.id, i);
      if (node.parent === null) return assert.equal([i, node.scope, node.path, node.depth], [0, '', '', 1]);
      const parent = tree[node.parent];
      assert.ok(node.parent < i, 'a parent stands before its children');
      assert.ok(
        tree.slice(node.parent + 1, i).every(({ depth }) => depth > parent.depth),
        'and before nobody else',
      );
      assert.is(node.depth, parent.depth + 1);
      const isFunction = node.type === 'MatMul' || node.type === 'Softmax';
      assert.is(isFunction ? node.scope : node.scope.split('.').slice(0, -1).join('.'), parent.scope);
      assert.is(node.path.replace(/(^|\.)(layer|h)\.(\d+)/, '$1$3'), node.scope);
    });
  }
});

test('equal signatures are equal work, whichever model they are of', () => {
  const seen = new Map<string, readonly [string, number, number, string]>();
  for (const name of models) {
    for (const [b, s] of [
      [8, 32],
      [8, 64],
      [16, 32],
    ] as const) {
      for (const { signature, type, flops, memBytes, operators } of buildTree(library.model(name), {
        batchSize: b,
        length: s,
      })) {
        const work = [type, flops, memBytes, JSON.stringify(operators)] as const;
        const other = seen.get(signature);
        if (other) assert.equal(other, work, signature);
        seen.set(signature, work);
      }
    }
  }
});

test('a signature tells apart what the merge rule does not', () => {
  const tree = buildTree(library.model('gpt2'), { batchSize: 8, length: 32 });
  const [fc1, proj] = ['h.0.mlp.c_fc', 'h.0.mlp.c_proj'].map((path) => tree.find((node) => node.path === path)!);
  assert.equal([fc1.flops, fc1.memBytes], [proj.flops, proj.memBytes]);
  assert.is(fc1.signature, 'Conv1D(8,32,768)(768,3072)(3072) float32 parameters=2362368');
  assert.is(proj.signature, 'Conv1D(8,32,3072)(3072,768)(768) float32 parameters=2360064');
  const attention = tree.find(({ type }) => type === 'Attention')!;
  assert.is(attention.signature, 'gpt2/Attention(8,32,768) float32 H=768 h=12 parameters=2362368');
});

test('both products and the softmax of an attention are leaves under its path, in order', () => {
  const tree = buildTree(library.model('bert-base-uncased'), { batchSize: 8, length: 32 });
  const leaves = tree.filter(({ path }) => path === 'encoder.layer.0.attention.self').map(({ type }) => type);
  assert.equal(leaves, ['BertSelfAttention', 'MatMul', 'Softmax', 'MatMul']);
});

/** What research/planned.md 1 counted by hand, in bytes: copies, passes over scores, elementwise, kernels of a few bytes. */
const vol = (model: Model, b: number, s: number): number => 4 * b * s * model.dimensions.H;
const square = (model: Model, b: number, s: number): number => 4 * b * model.dimensions.h * s * s;

const ownKernels: Readonly<Record<string, readonly [model: string, copies: number, passes: number, tiny: number]>> = {
  BertSelfAttention: ['bert-base-uncased', 4, 2, 0],
  RobertaSelfAttention: ['roberta-base', 4, 2, 0],
  MultiHeadSelfAttention: ['distilbert-base-uncased', 4, 1, 1],
  'gpt2/Attention': ['gpt2', 6, 2, 1],
  'openai-gpt/Attention': ['openai-gpt', 4, 3, 2],
};

for (const [type, [name, copies, passes, tiny]] of Object.entries(ownKernels)) {
  test(`${type} launches ${copies} copies, ${passes} passes over the scores and ${tiny} tiny kernels of its own`, () => {
    const [model, b, s] = [library.model(name), 16, 128];
    const tree = buildTree(model, { batchSize: b, length: s });
    const { operators } = tree.find((node) => node.type === type.split('/').at(-1))!;
    const launched = operators.filter(({ kernels }) => kernels === 1);
    const copied = launched.filter(({ operator }) => operator === 'contiguous' || operator === 'stack');
    assert.equal(
      copied.map(({ movedBytes }) => movedBytes),
      Array(copies).fill(2 * vol(model, b, s)),
    );
    const overScores = launched.filter(({ output }) => output.sizes.length === 4 && output.sizes[1] > 1 && output.sizes[3] === s); // prettier-ignore
    assert.is(overScores.filter((operator) => !copied.includes(operator)).length, passes);
    for (const { movedBytes } of overScores) assert.ok(Math.abs(movedBytes / square(model, b, s) - 2) < 0.02 || movedBytes === 2 * vol(model, b, s)); // prettier-ignore
    assert.is(launched.filter(({ movedBytes }) => movedBytes < vol(model, b, s) / 4).length, tiny);
  });
}

/** Kernels of less than a hundredth of the activations. */
const tinyKernels = {
  BertModel: 4,
  RobertaModel: 4,
  GPT2Model: 1,
  OpenAIGPTModel: 0,
  RobertaEmbeddings: 8,
  Embeddings: 2,
};

test('roots and embeddings launch the tiny kernels that were counted by hand', () => {
  const found: Record<string, number> = {};
  for (const name of Object.keys(published)) {
    const model = library.model(name);
    for (const { type, operators } of buildTree(model, { batchSize: 16, length: 128 })) {
      if (!(type in tinyKernels)) continue;
      const small = operators.filter(
        ({ kernels, movedBytes }) => kernels === 1 && movedBytes < vol(model, 16, 128) / 100,
      );
      found[type] = small.length;
    }
  }
  assert.equal(found, tinyKernels);
});

test.run();
