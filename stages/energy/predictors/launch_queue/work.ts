/**
 * How much work of each kind of the launch-queue model a node's own operators are, from their shapes alone
 * (research/planned.md 1). A node's work is the sum over all operators below it: `addWork`, once for each of them. No
 * operator is refused: one of which nothing is known is a kernel that moves its bytes.
 */
import {
  type DynamicTerm,
  dynamicTerms,
  type GpuTerm,
  gpuTerms,
  type LaunchTerm,
  launchTerms,
  type Work,
} from './launch_queue.js';
import {
  fewRows,
  gemmOf,
  isBatched,
  operationsGf,
  parseShapes,
  product,
  rooflineOf,
  wavesOf,
  type BatchedGemm,
  type Gemm,
  type Tiling,
} from './gemm.js';

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

const bytesOf: Readonly<Record<string, number>> = { float64: 8, int64: 8, float16: 2, bfloat16: 2, int8: 1, uint8: 1, bool: 1 }; // prettier-ignore

/** Bytes of one element; four where the type is not told otherwise. */
const elementBytes = (dtype: string): number => bytesOf[dtype] ?? 4;

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

const outputMib = ({ output, dtype }: Operator): number =>
  (elementBytes(dtype) * product(parseShapes(output)[0] ?? [])) / mib;

/** The work of one node's own operators; of a primitive its one kernel with all that its call launches. */
export function ownWork(node: WorkNode, operators: readonly Operator[], tiling: Tiling): Work {
  const work = noWork() as MutableWork;
  if (node.level === 'ml') addPrimitive(work, node.type, operators, tiling);
  else {
    work.launch.module_call = 1;
    for (const operator of operators) addOperator(work, operator, node.length, tiling);
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

/** A primitive of the paper: which of its operators stands for it, what launches that, and its kernel. */
interface KnownPrimitive {
  readonly fits: (operator: Operator) => boolean;
  readonly launch: LaunchTerm;
  readonly add: (work: MutableWork, main: Operator, tiling: Tiling) => void;
}

const named =
  (name: string): KnownPrimitive['fits'] =>
  ({ operator }) =>
    operator === name;

/** A product with one weight, whatever stands before it. */
function isGemm(operator: Operator): boolean {
  const gemm = gemmOf(operator);
  return gemm !== null && !isBatched(gemm);
}

const moves = (term: GpuTerm & DynamicTerm, outputs: number): KnownPrimitive['add'] => {
  return (work, main) => addKernel(work, term, outputs * outputMib(main));
};

const multiplies = (kind: GemmKind): KnownPrimitive['add'] => {
  return (work, main, tiling) => addGemm(work, kind, gemmOf(main)!, elementBytes(main.dtype), tiling);
};

function addSoftmax(work: MutableWork, main: Operator): void {
  work.dynamic.softmax_10k_rows += product((parseShapes(main.output)[0] ?? []).slice(0, -1)) / 1e4;
  addKernel(work, 'softmax_mib', passes.softmax * outputMib(main));
}

const knownPrimitives: Readonly<Record<string, KnownPrimitive>> = {
  Linear: { fits: isGemm, launch: 'linear', add: multiplies('linear') },
  Conv1D: { fits: isGemm, launch: 'conv1d', add: multiplies('conv1d') },
  MatMul: {
    fits: (operator) => gemmOf(operator) !== null,
    launch: 'matmul',
    add: (work, main, tiling) => addBatched(work, { batch: 1, ...gemmOf(main)! }, elementBytes(main.dtype), tiling),
  },
  LayerNorm: { fits: named('layer_norm'), launch: 'layer_norm', add: moves('layer_norm_mib', passes.layer_norm) },
  Embedding: { fits: named('embedding'), launch: 'embedding', add: moves('embedding_mib', passes.embedding) },
  Softmax: { fits: named('softmax'), launch: 'softmax', add: addSoftmax },
  Tanh: { fits: named('tanh'), launch: 'tanh', add: moves('elementwise_mib', passes.tanh) },
};

function addPrimitive(work: MutableWork, type: string, operators: readonly Operator[], tiling: Tiling): void {
  const known = knownPrimitives[type];
  const main = known && operators.find(known.fits);
  if (main) {
    work.launch[known.launch] += 1;
    known.add(work, main, tiling);
    return;
  }
  // One that the paper does not have: a call from Python with its launch, as Tanh is one, then a kernel an operator.
  for (const operator of operators) addOperator(work, operator, NaN, tiling);
  work.launch.tanh += 1;
  work.launch.own_kernel = Math.max(0, work.launch.own_kernel - 1);
}

/** A kernel bound by the memory it moves. */
function addKernel(work: MutableWork, term: GpuTerm & DynamicTerm, moved_mib: number): void {
  work.gpu[term] += moved_mib;
  work.dynamic[term] += moved_mib;
  work.gpu.kernel += 1;
  work.dynamic.kernel += 1;
}

/** What a kernel that a node runs itself is taken as. */
export type KernelKind = 'product' | 'batched product' | 'attention' | 'copy' | 'gelu' | 'scores' | 'elementwise';

/** `length` tells attention scores, (b, heads, s, s), from other activations; NaN where that does not matter. */
export function kernelKind(operator: Operator, length: number): KernelKind {
  const gemm = gemmOf(operator);
  if (gemm) return isBatched(gemm) ? 'batched product' : 'product';
  if (operator.operator === 'scaled_dot_product_attention') return 'attention';
  if (copies.includes(operator.operator) && operator.dtype.startsWith('float')) return 'copy';
  if (operator.operator === 'gelu') return 'gelu';
  const sizes = parseShapes(operator.output)[0] ?? [];
  return sizes.length === 4 && sizes[2] === length && sizes[3] === length ? 'scores' : 'elementwise';
}

function addOperator(work: MutableWork, operator: Operator, length: number, tiling: Tiling): void {
  if (operator.kernels === 0) return;
  const kind = kernelKind(operator, length);
  work.launch[kind === 'copy' ? 'own_copy' : 'own_kernel'] += operator.kernels;
  const element = elementBytes(operator.dtype);
  const gemm = gemmOf(operator);
  switch (kind) {
    case 'product':
      return addGemm(work, 'linear', gemm!, element, tiling);
    case 'batched product':
      return addBatched(work, gemm as BatchedGemm, element, tiling);
    case 'attention':
      return addAttention(work, operator, tiling);
    default:
      return addKernel(work, `${kind}_mib`, operator.moved_bytes / mib);
  }
}

type GemmKind = 'linear' | 'conv1d';

function addGemm(work: MutableWork, kind: GemmKind, gemm: Gemm, element: number, tiling: Tiling): void {
  const { split, first_gf, second_gf, tiles } = wavesOf(gemm, tiling);
  const gf = operationsGf(gemm);
  const output_mib = (element * gemm.m * gemm.n) / mib;
  work.dynamic.output_mib += output_mib;
  work.gpu.elementwise_mib += 2 * output_mib;
  if (split) {
    work.gpu[`${kind}_split_call`] += 1;
    if (gemm.m >= fewRows) work.gpu[`${kind}_split_gf`] += gf;
    work.gpu.elementwise_mib += (element * gemm.n * gemm.k) / mib; // its weight, read from memory
    work.gpu.kernel += 1;
    work.dynamic[`${kind}_split_gf`] += gf;
    work.dynamic.split_call += 1;
    work.dynamic.kernel += 1;
    return;
  }
  work.gpu[`${kind}_first_gf`] += first_gf;
  work.gpu[`${kind}_second_gf`] += second_gf;
  work.gpu[`${kind}_tiles`] += tiles;
  work.gpu.kernel += 2;
  work.dynamic[`${kind}_gf`] += gf;
  work.dynamic.kernel += 2;
}

/** (b, heads, M, K) × (b, heads, K, N): a roofline with a knee. */
function addBatched(work: MutableWork, gemm: BatchedGemm, element: number, tiling: Tiling): void {
  const { padded_gf, moved_mib, excess_mib } = rooflineOf(gemm, tiling, element);
  work.gpu.matmul_padded_gf += padded_gf;
  work.gpu.matmul_mib += moved_mib;
  work.gpu.matmul_excess_mib += excess_mib;
  work.gpu.matmul_call += 1;
  work.dynamic.matmul_padded_gf += padded_gf;
  work.dynamic.matmul_gf += gemm.batch * operationsGf(gemm);
  work.dynamic.matmul_mib += moved_mib;
}

/** Attention in one call, (b, heads, s, d) three times: taken as its two products. */
function addAttention(work: MutableWork, { inputs, dtype }: Operator, tiling: Tiling): void {
  const [query, key] = parseShapes(inputs);
  const [batch, queries, keys, width] = [product(query.slice(0, -2)), query.at(-2)!, key.at(-2)!, query.at(-1)!];
  addBatched(work, { batch, m: queries, k: width, n: keys }, elementBytes(dtype), tiling);
  addBatched(work, { batch, m: queries, k: keys, n: width }, elementBytes(dtype), tiling);
}
