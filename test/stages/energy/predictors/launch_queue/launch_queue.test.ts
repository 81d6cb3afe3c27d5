import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchQueue } from '../../../../../stages/energy/predictors/launch_queue/launch_queue.js';
import { parseShapes } from '../../../../../stages/energy/predictors/launch_queue/gemm.js';
import { addWork, noWork, ownWork, type Operator } from '../../../../../stages/energy/predictors/launch_queue/work.js';
import type { Work } from '../../../../../stages/energy/predictors/launch_queue/launch_queue.js';
import { buildTree } from '../../../../../stages/energy/tree/build.js';
import { Library } from '../../../../../stages/energy/tree/library.js';
import { twinOperators } from '../../twin_rows.js';

/** PC1's tiling: research/planned.md 1. */
const tiling = {
  multiprocessors: 15,
  tile: [128, 128],
  tiles_at_once: 2,
  split_below: 1.25,
  batched_tile: [128, 64],
  balance: 2.146,
} as const;

const operator = (name: string, inputs: string, output: string, moved_bytes = 0, dtype = 'float32'): Operator => {
  return { operator: name, inputs, output, dtype, moved_bytes, kernels: 1 };
};

const primitive = (type: string, ...operators: Operator[]): Work =>
  ownWork({ type, level: 'ml', length: 32 }, operators, tiling);

/** The amounts that are not zero. */
const amounts = (of: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(of).filter(([, amount]) => amount !== 0));

const close = (actual: number, expected: number, relative: number, message: string): void =>
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${message}: ${actual}, expected ${expected}`,
  );

test('shapes are read from text', () => {
  assert.equal(parseShapes('(8,32,768)(768,3072)'), [[8, 32, 768], [768, 3072]]); // prettier-ignore
  assert.equal(parseShapes('()(4)'), [[], [4]]);
});

test('a GEMM of many tiles counts whole waves: 192 tiles on 15 multiprocessors, two at once', () => {
  const { launch, gpu, dynamic } = primitive(
    'Linear',
    operator('matmul', '(16,256,768)(768,768)', '(16,256,768)'),
    operator('add_', '(16,256,768)(768)', '(16,256,768)'),
  );
  const wave_gf = 2e-9 * 128 * 128 * 768 * 15;
  assert.equal(amounts(launch), { linear: 1 });
  assert.equal(amounts(gpu), {
    // 6 waves of 30 tiles and 12 tiles more, which find a multiprocessor each.
    linear_first_gf: wave_gf * 7,
    linear_second_gf: wave_gf * 6,
    linear_tiles: 192 / 15,
    elementwise_mib: 2 * 12,
    kernel: 2,
  });
  assert.equal(amounts(dynamic), { linear_gf: 2e-9 * 4096 * 768 * 768, output_mib: 12, kernel: 2 });
});

test('tiles left over that are more than the multiprocessors cost a second place', () => {
  const { gpu } = primitive('Conv1D', operator('addmm', '(1024,768)(768,768)(768)', '(1024,768)'));
  const wave_gf = 2e-9 * 128 * 128 * 768 * 15;
  close(gpu.conv1d_first_gf, 2 * wave_gf, 1e-12, '48 tiles: one wave and 18 more');
  close(gpu.conv1d_second_gf, 2 * wave_gf, 1e-12, '18 are more than 15');
});

test('a GEMM of few tiles is split along K, and one of few rows is bound by its weight', () => {
  const small = primitive('Linear', operator('matmul', '(8,32,768)(768,768)', '(8,32,768)'));
  const gf = 2e-9 * 256 * 768 * 768;
  assert.equal(amounts(small.gpu), {
    linear_split_call: 1,
    linear_split_gf: gf,
    elementwise_mib: 2 * 0.75 + 2.25,
    kernel: 1,
  });
  assert.equal(amounts(small.dynamic), { linear_split_gf: gf, split_call: 1, output_mib: 0.75, kernel: 1 });
  const pooler = primitive('Linear', operator('addmm', '(8,768)(768,768)(768)', '(8,768)'));
  assert.equal(pooler.gpu.linear_split_call, 1);
  assert.equal(pooler.gpu.linear_split_gf, 0);
});

test('a batched product has its tiles padded and moves more than it computes where its rows are short', () => {
  const { launch, gpu, dynamic } = primitive('MatMul', operator('matmul', '(8,12,32,64)(8,12,64,32)', '(8,12,32,32)'));
  const padded_gf = 96 * 2e-9 * 128 * 64 * 64;
  const mib = (4 * 96 * (2 * 32 * 64 + 32 * 32)) / 2 ** 20;
  assert.equal(amounts(launch), { matmul: 1 });
  assert.equal(amounts(gpu), { matmul_padded_gf: padded_gf, matmul_mib: mib, matmul_call: 1 });
  assert.equal(amounts(dynamic), { matmul_padded_gf: padded_gf, matmul_gf: 2e-9 * 96 * 32 * 32 * 64, matmul_mib: mib });
  const long = primitive('MatMul', operator('matmul', '(8,12,256,64)(8,12,64,256)', '(8,12,256,256)'));
  close(long.gpu.matmul_excess_mib, 36 - 2.146 * long.gpu.matmul_padded_gf * 15, 1e-12, 'excess');
  assert.ok(long.gpu.matmul_excess_mib > 0);
});

test('the other primitives move their outputs some times', () => {
  const [mib, scores] = [(4 * 8 * 32 * 768) / 2 ** 20, (4 * 8 * 12 * 32 * 32) / 2 ** 20];
  const norm = primitive('LayerNorm', operator('layer_norm', '(8,32,768)(768)(768)', '(8,32,768)'));
  assert.equal(amounts(norm.gpu), { layer_norm_mib: 3 * mib, kernel: 1 });
  const table = primitive('Embedding', operator('embedding', '(8,32)(30522,768)', '(8,32,768)'));
  assert.equal(amounts(table.gpu), { embedding_mib: 2 * mib, kernel: 1 });
  const softmax = primitive('Softmax', operator('softmax', '(8,12,32,32)', '(8,12,32,32)'));
  assert.equal(amounts(softmax.gpu), { softmax_mib: 2 * scores, kernel: 1 });
  assert.equal(softmax.dynamic.softmax_10k_rows, 0.3072);
});

test('a primitive that was never measured is a call and a kernel for each operator', () => {
  const mib = 2 ** 20;
  const norm = primitive(
    'RMSNorm',
    operator('pow', '(8,32,768)', '(8,32,768)', 2 * mib),
    operator('mul', '(8,32,768)', '(8,32,768)', 3 * mib),
  );
  assert.equal(amounts(norm.launch), { tanh: 1, own_kernel: 1 });
  assert.equal(amounts(norm.gpu), { elementwise_mib: 5, kernel: 2 });
  const patches = primitive('Conv2d', operator('conv2d', '(8,3,224,224)(768,3,16,16)(768)', '(8,768,14,14)'));
  close(
    patches.dynamic.linear_gf,
    2e-9 * (8 * 196) * 768 * (3 * 256),
    1e-12,
    'a product over the places of its output',
  );
  const fused = primitive(
    'Attention',
    operator('scaled_dot_product_attention', '(8,12,32,64)(8,12,32,64)(8,12,32,64)', '(8,12,32,64)'),
  );
  close(fused.dynamic.matmul_gf, 2 * 2e-9 * 96 * 32 * 32 * 64, 1e-12, 'two products');
});

test('a number of two bytes moves half as much', () => {
  const of = (dtype: string) =>
    primitive('Softmax', operator('softmax', '(8,12,32,32)', '(8,12,32,32)', 0, dtype)).gpu.softmax_mib;
  assert.equal(of('float16'), of('float32') / 2);
});

/** Hand-made volumes of own kernels: research/planned.md 1. In vol (n·H) and sq (b·heads·s²); tiny ones only counted. */
interface Own {
  readonly copy?: number;
  readonly scores?: number;
  readonly elementwise?: number;
  readonly gelu?: number;
  readonly kernels: number;
}

const byHand: Readonly<Record<string, Readonly<Record<string, Own>>>> = {
  'bert-base-uncased': {
    BertModel: { kernels: 4 },
    BertEmbeddings: { elementwise: 5, kernels: 2 },
    BertSelfAttention: { copy: 8, scores: 4, kernels: 6 },
    BertSelfOutput: { elementwise: 3, kernels: 1 },
    BertIntermediate: { gelu: 8, kernels: 1 },
    BertOutput: { elementwise: 3, kernels: 1 },
    BertEncoder: { kernels: 0 },
    BertPooler: { kernels: 0 },
  },
  'roberta-base': {
    RobertaModel: { kernels: 4 },
    RobertaEmbeddings: { elementwise: 6, kernels: 10 },
    RobertaSelfAttention: { copy: 8, scores: 4, kernels: 6 },
  },
  'distilbert-base-uncased': {
    Embeddings: { elementwise: 3, kernels: 3 },
    MultiHeadSelfAttention: { elementwise: 2, copy: 8, scores: 2, kernels: 7 },
    FFN: { gelu: 8, kernels: 1 },
    TransformerBlock: { elementwise: 6, kernels: 2 },
  },
  gpt2: {
    GPT2Model: { elementwise: 2, kernels: 2 },
    Attention: { copy: 12, scores: 4, kernels: 9 },
    MLP: { elementwise: 72, kernels: 8 },
    Block: { elementwise: 6, kernels: 2 },
  },
  'openai-gpt': {
    OpenAIGPTModel: { elementwise: 4, kernels: 2 },
    Attention: { copy: 8, scores: 6, kernels: 9 },
    MLP: { elementwise: 72, kernels: 8 },
    Block: { elementwise: 6, kernels: 2 },
  },
};

/** What the hand-made volumes leave out: masks, positions that all inputs share, tiny kernels. */
const leftOut = 0.02;

for (const [model, modules] of Object.entries(byHand)) {
  test(`${model}: own kernels are those counted by hand`, () => {
    const [batchSize, length] = [32, 128];
    const tree = buildTree(new Library().model(model), { batchSize, length });
    const vol = (4 * batchSize * length * 768) / 2 ** 20;
    const sq = (4 * batchSize * 12 * length ** 2) / 2 ** 20;
    for (const [type, own] of Object.entries(modules)) {
      const node = tree.find((candidate) => candidate.type === type)!;
      const { launch, gpu } = ownWork(
        { type, level: node.level, length },
        twinOperators(node, batchSize, length),
        tiling,
      );
      const { copy = 0, scores = 0, elementwise = 0, gelu = 0, kernels } = own;
      const near = (actual: number, expected: number, what: string): void =>
        assert.ok(
          Math.abs(actual - expected) <= leftOut * (expected || vol),
          `${type} ${what}: ${actual}, ${expected}`,
        );
      near(gpu.copy_mib, copy * vol, 'copies');
      near(gpu.scores_mib, scores * sq, 'passes over scores');
      near(gpu.elementwise_mib, elementwise * vol, 'element-wise');
      near(gpu.gelu_mib, gelu * vol, 'gelu');
      assert.is(gpu.kernel, kernels, `${type}: kernels`);
      assert.equal(
        amounts(launch),
        amounts({ own_kernel: kernels - copy / 2, own_copy: copy / 2, module_call: 1 }),
        type,
      );
    }
  });
}

test('launches and kernels overlap: the larger sum counts, not the sum of the larger', () => {
  const constants = {
    launch_us: { ...noWork().launch, linear: 50, layer_norm: 30 },
    gpu_us: { ...noWork().gpu, kernel: 10, layer_norm_mib: 20 },
    dynamic_mj: { ...noWork().dynamic, kernel: 3 },
    static_w: 100,
  };
  const [busy, idle] = [noWork(), noWork()];
  addWork(busy, {
    ...noWork(),
    launch: { ...noWork().launch, layer_norm: 1 },
    gpu: { ...noWork().gpu, layer_norm_mib: 5 },
  });
  addWork(idle, { ...noWork(), launch: { ...noWork().launch, linear: 1 }, gpu: { ...noWork().gpu, kernel: 1 } });
  const both = noWork();
  addWork(both, busy);
  addWork(both, idle);
  addWork(both, { ...noWork(), dynamic: { ...noWork().dynamic, kernel: 2 } });
  const result = launchQueue(constants, both);
  close(result.launch_s, 80e-6, 1e-12, 'launches');
  close(result.gpu_s, 110e-6, 1e-12, 'kernels');
  close(result.latency_s, 110e-6, 1e-12, 'the larger of the sums, not 100 + 50');
  close(result.dynamic_j, 6e-3, 1e-12, 'dynamic energy');
  close(result.wall_j, 100 * 110e-6 + 6e-3, 1e-12, 'wall energy');
});

test.run();
