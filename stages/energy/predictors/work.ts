/**
 * How much work of each kind of the launch-queue model a node's own operators are, from their shapes alone
 * (research/planned.md 1). A node's work is the sum over all operators below it: `addWork`, once for each of them.
 */
import {
  type DynamicTerm,
  dynamicTerms,
  type GpuTerm,
  gpuTerms,
  type LaunchTerm,
  launchTerms,
  type Tiling,
  type Work,
} from './launch_queue.js';

/** The columns of an `operators` row that matter here. */
export interface Operator {
  readonly operator: string;
  readonly inputs: string;
  readonly output: string;
  readonly dtype: string;
  readonly moved_bytes: number;
  readonly kernels: number;
}

/** The columns of a `nodes` row that matter here. */
export interface WorkNode {
  readonly type: string;
  readonly level: string;
  readonly length: number;
}

interface MutableWork {
  readonly launch: Record<LaunchTerm, number>;
  readonly gpu: Record<GpuTerm, number>;
  readonly dynamic: Record<DynamicTerm, number>;
}

const mib = 2 ** 20;
const floatBytes = 4;

/** A GEMM of fewer rows than this is bound by reading its weight: planned.md 1. */
const fewRows = 64;

/** MiB that a kernel is taken to move, in outputs: planned.md 1 (3·vol, 2·output, 2·sq). */
const passes = { layer_norm: 3, embedding: 2, softmax: 2, tanh: 2 } as const;

/** Operators that only bring their input into another order; the few of integers are taken as any small kernel. */
const copies: readonly string[] = ['contiguous', 'clone', 'copy_', 'cat', 'stack'];

const zeros = <Term extends string>(terms: readonly Term[]): Record<Term, number> =>
  Object.fromEntries(terms.map((term) => [term, 0])) as Record<Term, number>;

export const noWork = (): Work => ({
  launch: zeros(launchTerms),
  gpu: zeros(gpuTerms),
  dynamic: zeros(dynamicTerms),
});

/** `(8,32,768)(768,3072)` as lists of sizes; sizes of other types (`:int64`) are taken alike. */
export const parseShapes = (text: string): number[][] =>
  Array.from(text.matchAll(/\(([^)]*)\)/g), ([, sizes]) => (sizes.trim() === '' ? [] : sizes.split(',').map(Number)));

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const outputMib = (operator: Operator): number => (floatBytes * product(parseShapes(operator.output)[0])) / mib;

/** The work of one node's own operators; of a primitive its one kernel with all that its call launches. */
export function ownWork(node: WorkNode, operators: readonly Operator[], tiling: Tiling): Work {
  const work = noWork() as MutableWork;
  if (node.level === 'ml') addPrimitive(work, node.type, operators, tiling);
  else {
    work.launch.module_call = 1;
    for (const operator of operators) addOwnKernel(work, operator, node.length);
  }
  return work;
}

/** Adds what is below a node to it. */
export function addWork(to: Work, from: Work): void {
  const { launch, gpu, dynamic } = to as MutableWork;
  for (const term of launchTerms) launch[term] += from.launch[term];
  for (const term of gpuTerms) gpu[term] += from.gpu[term];
  for (const term of dynamicTerms) dynamic[term] += from.dynamic[term];
}

function addPrimitive(work: MutableWork, type: string, operators: readonly Operator[], tiling: Tiling): void {
  const main = operators.find(({ operator }) =>
    /^(matmul|addmm|bmm|layer_norm|embedding|softmax|tanh)$/.test(operator),
  );
  if (!main)
    throw new Error(`the launch-queue model knows no primitive ${type} of ${operators.map((o) => o.operator)}`);
  switch (type) {
    case 'Linear':
      work.launch.linear = 1;
      return addGemm(work, 'linear', main, tiling);
    case 'Conv1D':
      work.launch.conv1d = 1;
      return addGemm(work, 'conv1d', main, tiling);
    case 'MatMul':
      work.launch.matmul = 1;
      return addBatched(work, main, tiling);
    case 'LayerNorm':
      work.launch.layer_norm = 1;
      return addKernel(work, 'layer_norm_mib', passes.layer_norm * outputMib(main));
    case 'Embedding':
      work.launch.embedding = 1;
      return addKernel(work, 'embedding_mib', passes.embedding * outputMib(main));
    case 'Softmax':
      work.launch.softmax = 1;
      work.dynamic.softmax_10k_rows += product(parseShapes(main.output)[0].slice(0, -1)) / 1e4;
      return addKernel(work, 'softmax_mib', passes.softmax * outputMib(main));
    case 'Tanh':
      work.launch.tanh = 1;
      return addKernel(work, 'elementwise_mib', passes.tanh * outputMib(main));
    default:
      throw new Error(`the launch-queue model knows no primitive ${type}`);
  }
}

/** A kernel bound by the memory it moves. */
function addKernel(work: MutableWork, term: GpuTerm & DynamicTerm, moved_mib: number): void {
  work.gpu[term] += moved_mib;
  work.dynamic[term] += moved_mib;
  work.gpu.kernel += 1;
  work.dynamic.kernel += 1;
}

/** A kernel that a module runs itself: element-wise over activations or attention scores, gelu, or a copy. */
function addOwnKernel(work: MutableWork, operator: Operator, length: number): void {
  if (operator.kernels === 0) return;
  const isCopy = copies.includes(operator.operator) && operator.dtype.startsWith('float');
  work.launch[isCopy ? 'own_copy' : 'own_kernel'] += operator.kernels;
  const moved_mib = operator.moved_bytes / mib;
  if (isCopy) addKernel(work, 'copy_mib', moved_mib);
  else if (operator.operator === 'gelu') addKernel(work, 'gelu_mib', moved_mib);
  else addKernel(work, isScores(operator, length) ? 'scores_mib' : 'elementwise_mib', moved_mib);
}

/** Attention scores: (b, heads, s, s). */
function isScores({ output }: Operator, length: number): boolean {
  const sizes = parseShapes(output)[0];
  return sizes.length === 4 && sizes[2] === length && sizes[3] === length;
}

/** (…, K) × (K, N) by whole waves of tiles over the multiprocessors, or split along K where the tiles are few. */
function addGemm(work: MutableWork, kind: 'linear' | 'conv1d', gemm: Operator, tiling: Tiling): void {
  const [left, right] = parseShapes(gemm.inputs);
  const [m, k, n] = [product(left.slice(0, -1)), right[0], right[1]];
  const { multiprocessors, tile, tiles_at_once, split_below } = tiling;
  const gf = 2e-9 * m * n * k;
  const tiles = Math.ceil(m / tile[0]) * Math.ceil(n / tile[1]);
  const atOnce = multiprocessors * tiles_at_once;
  const output_mib = (floatBytes * m * n) / mib;
  work.dynamic.output_mib += output_mib;
  work.gpu.elementwise_mib += 2 * output_mib;
  if (m < fewRows || tiles <= split_below * atOnce) {
    work.gpu[`${kind}_split_call`] += 1;
    if (m >= fewRows) work.gpu[`${kind}_split_gf`] += gf;
    work.gpu.elementwise_mib += (floatBytes * n * k) / mib; // its weight, read from memory
    work.gpu.kernel += 1;
    work.dynamic[`${kind}_split_gf`] += gf;
    work.dynamic.split_call += 1;
    work.dynamic.kernel += 1;
    return;
  }
  const waves = Math.floor(tiles / atOnce);
  const rest = tiles - waves * atOnce;
  const wave_gf = 2e-9 * tile[0] * tile[1] * k * multiprocessors;
  work.gpu[`${kind}_first_gf`] += wave_gf * (waves + (rest > 0 ? 1 : 0));
  work.gpu[`${kind}_second_gf`] += wave_gf * (waves + (rest > multiprocessors ? 1 : 0));
  work.gpu[`${kind}_tiles`] += tiles / multiprocessors;
  work.gpu.kernel += 2;
  work.dynamic[`${kind}_gf`] += gf;
  work.dynamic.kernel += 2;
}

/** (b, heads, M, K) × (b, heads, K, N): a roofline with a knee. */
function addBatched(work: MutableWork, matmul: Operator, tiling: Tiling): void {
  const [left, right] = parseShapes(matmul.inputs);
  const [m, k] = left.slice(-2);
  const n = right[right.length - 1];
  const batch = product(left.slice(0, -2));
  const { batched_tile, balance, multiprocessors } = tiling;
  const tiles = batch * Math.ceil(m / batched_tile[0]) * Math.ceil(n / batched_tile[1]);
  const padded_gf = tiles * 2e-9 * batched_tile[0] * batched_tile[1] * k;
  const moved_mib = (floatBytes * batch * (m * k + k * n + m * n)) / mib;
  work.gpu.matmul_padded_gf += padded_gf;
  work.gpu.matmul_mib += moved_mib;
  work.gpu.matmul_excess_mib += Math.max(0, moved_mib - balance * padded_gf * multiprocessors);
  work.gpu.matmul_call += 1;
  work.dynamic.matmul_padded_gf += padded_gf;
  work.dynamic.matmul_gf += 2e-9 * batch * m * n * k;
  work.dynamic.matmul_mib += moved_mib;
}
