/**
 * Matrix products as a GPU runs them: cut into tiles, so many of which run at once (research/planned.md 1). What is told
 * of a product here depends on its shape and on the tiling alone.
 */
import type { Operator } from './work.js';

/** (m, k) × (k, n). */
export interface Gemm {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** As many products of matrices as `batch` says. */
export interface BatchedGemm extends Gemm {
  readonly batch: number;
}

/** What is found by search rather than by least squares: how the GPU cuts its products into tiles. */
export interface Tiling {
  /** Multiprocessors of the GPU: S. */
  readonly multiprocessors: number;
  /** Rows and columns of a GEMM's tile, and how many run on a multiprocessor at once. */
  readonly tile: readonly [rows: number, columns: number];
  readonly tiles_at_once: number;
  /** A GEMM of at most this many times the tiles that run at once is split along K: θ. */
  readonly split_below: number;
  /** Rows and columns of a batched product's tile. */
  readonly batched_tile: readonly [rows: number, columns: number];
  /** MiB that a batched product moves for free beside one padded GF on each multiprocessor: ρ. */
  readonly balance: number;
}

/** A GEMM of fewer rows than this is bound by reading its weight. */
export const fewRows = 64;

/** `(8,32,768)(768,3072)` as lists of sizes; sizes of other types (`:int64`) are taken alike. */
export const parseShapes = (text: string): number[][] =>
  Array.from(text.matchAll(/\(([^)]*)\)/g), ([, sizes]) => (sizes.trim() === '' ? [] : sizes.split(',').map(Number)));

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

const products: readonly string[] = ['matmul', 'addmm', 'mm', 'linear', 'bmm', 'baddbmm', 'einsum'];

/** The products of operators, each read once. */
const known = new WeakMap<Operator, Gemm | BatchedGemm | null>();

/** The product that an operator is, by its two matrices; null for any other operator. */
export function gemmOf(operator: Operator): Gemm | BatchedGemm | null {
  let gemm = known.get(operator);
  if (gemm === undefined) known.set(operator, (gemm = readGemm(operator)));
  return gemm;
}

function readGemm(operator: Operator): Gemm | BatchedGemm | null {
  const isConvolution = /^conv\d?d?$/.test(operator.operator);
  if (!isConvolution && !products.includes(operator.operator)) return null;
  const sizes = parseShapes(operator.inputs);
  const output = parseShapes(operator.output)[0] ?? [];
  if (isConvolution) return convolutionOf(sizes, output);
  const [left, right] = sizes.filter((size) => size.length >= 2);
  if (!left || !right) return null;
  const n = output.at(-1)!;
  if (right.length === 2) return { m: product(left.slice(0, -1)), k: left.at(-1)!, n };
  return { batch: product(output.slice(0, -2)), m: output.at(-2)!, k: left.at(-1)!, n };
}

/** (b, channels, …) with a weight of (out, channels / groups, …): a product over every place of the output. */
function convolutionOf([input, weight]: readonly number[][], output: readonly number[]): Gemm | null {
  if (!input || !weight || output.length < 3) return null;
  return { m: output[0] * product(output.slice(2)), k: product(weight.slice(1)), n: weight[0] };
}

export const isBatched = (gemm: Gemm): gemm is BatchedGemm => 'batch' in gemm;

/** 10⁹ operations of one product. */
export const operationsGf = ({ m, k, n }: Gemm): number => 2e-9 * m * n * k;

/** A GEMM by whole waves of tiles over the multiprocessors, or split along K where the tiles are few. */
export interface Waves {
  readonly split: boolean;
  /** GF of the first tile on each multiprocessor, wave by wave, and of a second beside it. */
  readonly first_gf: number;
  readonly second_gf: number;
  /** Tiles for each multiprocessor. */
  readonly tiles: number;
}

export function wavesOf({ m, k, n }: Gemm, { multiprocessors, tile, tiles_at_once, split_below }: Tiling): Waves {
  const tiles = Math.ceil(m / tile[0]) * Math.ceil(n / tile[1]);
  const atOnce = multiprocessors * tiles_at_once;
  const waves = Math.floor(tiles / atOnce);
  const rest = tiles - waves * atOnce;
  const wave_gf = 2e-9 * tile[0] * tile[1] * k * multiprocessors;
  return {
    split: m < fewRows || tiles <= split_below * atOnce,
    first_gf: wave_gf * (waves + (rest > 0 ? 1 : 0)),
    second_gf: wave_gf * (waves + (rest > multiprocessors ? 1 : 0)),
    tiles: tiles / multiprocessors,
  };
}

/** A batched product: its operations with the tiles padded, and what it moves beyond what goes along for free. */
export interface Roofline {
  readonly padded_gf: number;
  readonly moved_mib: number;
  readonly excess_mib: number;
}

export function rooflineOf({ batch, m, k, n }: BatchedGemm, tiling: Tiling, elementBytes: number): Roofline {
  const { batched_tile, balance, multiprocessors } = tiling;
  const tiles = batch * Math.ceil(m / batched_tile[0]) * Math.ceil(n / batched_tile[1]);
  const padded_gf = tiles * 2e-9 * batched_tile[0] * batched_tile[1] * k;
  const moved_mib = (elementBytes * batch * (m * k + k * n + m * n)) / 2 ** 20;
  return { padded_gf, moved_mib, excess_mib: Math.max(0, moved_mib - balance * padded_gf * multiprocessors) };
}
