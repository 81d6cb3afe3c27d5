/**
 * Finds how a GPU cuts its products into tiles: the tiling under which a non-negative fit of the isolated products'
 * latencies is off the least (research/planned.md 2). Not by cross-validation over sizes: with few of them it takes
 * small tiles that extrapolate badly.
 */
import { power } from '../../power.js';
import type { Forest } from '../forest.js';
import { fewRows, gemmOf, isBatched, operationsGf, rooflineOf, wavesOf, type BatchedGemm, type Gemm, type Tiling } from './gemm.js'; // prettier-ignore
import { nnls, type Design } from './nnls.js';
import type { QueueRow } from './rows.js';

type Tile = readonly [rows: number, columns: number];

const tiles: readonly Tile[] = [[128, 128], [128, 64], [64, 128], [64, 64], [32, 128], [128, 32], [32, 32]]; // prettier-ignore
const tilesAtOnce = [1, 2, 4];
const splits = [1.25, 0.5, 0.75, 1, 1.5, 2];
const batchedTiles: readonly Tile[] = [[128, 64], [128, 128], [64, 64], [64, 128]]; // prettier-ignore
const balances = [0, ...Array.from({ length: 16 }, (_, i) => 0.3 * power(12 / 0.3, i / 15))];
/** Multiprocessors that a GPU may have; the largest of today has 160. */
const multiprocessors = Array.from({ length: 159 }, (_, i) => i + 2);

/** A search by turns ends when neither turn changes anything, and here in any case. */
const mostTurns = 4;

/** A choice that splits products must lower the error by this part. */
const splitMustWin = 0.1;

/** Below this share of the time in which a kernel ran, a product waits for its launch. */
const busy = 0.8;

/** What is assumed where no product was measured: what was found on PC1 (planned.md 1), eight times the GPU. */
const fallback: Tiling = {
  multiprocessors: 80,
  tile: [128, 128],
  tiles_at_once: 2,
  split_below: 0,
  batched_tile: [128, 64],
  balance: 2,
};

/** The measured latencies of one shape: their sums are all that least squares of relative errors needs. */
interface Shape<G extends Gemm> {
  readonly conv1d: boolean;
  readonly gemm: G;
  readonly elementBytes: number;
  readonly latencies_us: number[];
}

/** The tiling of the products among some measurements. */
export function searchTiling(forest: Forest, rows: readonly QueueRow[]): Tiling {
  const { plain, batched } = shapesOf(forest, rows);
  const cut = plain.length === 0 ? fallback : searchTiles(plain);
  return batched.length === 0 ? cut : searchBatched(batched, cut);
}

function shapesOf(forest: Forest, rows: readonly QueueRow[]) {
  const plain = new Map<string, Shape<Gemm>>();
  const batched = new Map<string, Shape<BatchedGemm>>();
  for (const { c, latencyS, utilisation } of rows) {
    const type = forest.types[forest.type[c]];
    if (!/^(Linear|Conv1D|MatMul)$/.test(type) || utilisation <= busy) continue;
    const operator = forest.computations!.operators[c].find((one) => gemmOf(one) !== null);
    if (!operator) continue;
    const gemm = gemmOf(operator)!;
    const key = `${type} ${JSON.stringify(gemm)} ${operator.dtype}`;
    const shape = { conv1d: type === 'Conv1D', elementBytes: operator.dtype.endsWith('16') ? 2 : 4, latencies_us: [] };
    const group = isBatched(gemm) ? of(batched, key, { ...shape, gemm }) : of(plain, key, { ...shape, gemm });
    group.latencies_us.push(latencyS * 1e6);
  }
  return { plain: [...plain.values()], batched: [...batched.values()] };
}

function of<V>(map: Map<string, V>, key: string, fresh: V): V {
  const known = map.get(key) ?? fresh;
  map.set(key, known);
  return known;
}

/** Tiles, how many run at once, where they are split, and on how many multiprocessors: by turns. */
function searchTiles(shapes: readonly Shape<Gemm>[]): Tiling {
  const errorOf = errorsOf(shapes);
  const whole = byTurns(errorOf, [0]);
  const split = byTurns(errorOf, splits);
  return split.error < (1 - splitMustWin) * whole.error ? split.tiling : whole.tiling;
}

interface Choice {
  readonly tiling: Tiling;
  readonly error: number;
}

/** The error of a tiling, found once: turns come by the same ones again and again. */
function errorsOf(shapes: readonly Shape<Gemm>[]): (tiling: Tiling) => number {
  const trial = new Trial(shapes, gemmWidth);
  const known = new Map<string, number>();
  return (tiling) => {
    const { tile, tiles_at_once, split_below, multiprocessors } = tiling;
    const key = `${tile.join()} ${tiles_at_once} ${split_below} ${multiprocessors}`;
    const error = known.get(key) ?? trial.errorOf((shape, row) => gemmRow(shape, tiling, row));
    known.set(key, error);
    return error;
  };
}

function byTurns(errorOf: (tiling: Tiling) => number, thresholds: readonly number[]): Choice {
  const cuts = tiles.flatMap((tile) =>
    tilesAtOnce.flatMap((tiles_at_once) => thresholds.map((split_below) => ({ tile, tiles_at_once, split_below }))),
  );
  let best: Choice = { tiling: { ...fallback, split_below: thresholds[0] }, error: Infinity };
  const better = (tiling: Tiling): void => {
    const error = errorOf(tiling);
    if (error < best.error) best = { tiling, error };
  };
  for (let turn = 0, before = Infinity; (turn < mostTurns && best.error < before) || turn === 0; turn++) {
    before = best.error;
    for (const count of multiprocessors) better({ ...best.tiling, multiprocessors: count });
    for (const cut of cuts) better({ ...best.tiling, ...cut });
  }
  return best;
}

function searchBatched(shapes: readonly Shape<BatchedGemm>[], cut: Tiling): Tiling {
  const trial = new Trial(shapes, batchedWidth);
  let best: Choice = { tiling: cut, error: Infinity };
  for (const batched_tile of batchedTiles) {
    for (const balance of balances) {
      const tiling = { ...cut, batched_tile, balance };
      const error = trial.errorOf((shape, row) => batchedRow(shape, tiling, row));
      if (error < best.error) best = { tiling, error };
    }
  }
  return best.tiling;
}

/** Amounts of a GEMM: five of each kind, what it moves, its kernels. */
const gemmWidth = 12;

function gemmRow({ conv1d, gemm, elementBytes }: Shape<Gemm>, tiling: Tiling, row: Float64Array): void {
  const at = conv1d ? 5 : 0;
  const waves = wavesOf(gemm, tiling);
  const { m, k, n } = gemm;
  if (waves.split) {
    row[at + 3] = 1;
    row[at + 4] = m < fewRows ? 0 : operationsGf(gemm);
  } else {
    row[at] = waves.first_gf;
    row[at + 1] = waves.second_gf;
    row[at + 2] = waves.tiles;
  }
  row[10] = (elementBytes * (2 * m * n + (waves.split ? n * k : 0))) / 2 ** 20;
  row[11] = waves.split ? 1 : 2;
}

const batchedWidth = 4;

function batchedRow({ gemm, elementBytes }: Shape<BatchedGemm>, tiling: Tiling, row: Float64Array): void {
  const { padded_gf, moved_mib, excess_mib } = rooflineOf(gemm, tiling, elementBytes);
  row[0] = padded_gf;
  row[1] = moved_mib;
  row[2] = excess_mib;
  row[3] = 1;
}

/**
 * Tells of a way to count amounts the mean relative error of a non-negative fit of the latencies, all measurements
 * counting alike.
 */
class Trial<G extends Gemm> {
  private readonly amounts: Float64Array;
  private readonly design: Design;
  /** For each shape √Σ 1/T²: one row of that weight stands for all its measurements. */
  private readonly roots: Float64Array;

  constructor(
    private readonly shapes: readonly Shape<G>[],
    private readonly width: number,
  ) {
    this.amounts = new Float64Array(shapes.length * width);
    const sum = ({ latencies_us }: Shape<G>, of: (latency: number) => number): number =>
      latencies_us.reduce((total, latency) => total + of(latency), 0);
    this.roots = Float64Array.from(shapes, (shape) => Math.sqrt(sum(shape, (latency) => 1 / (latency * latency))));
    const target = Float64Array.from(shapes, (shape, i) => sum(shape, (latency) => 1 / latency) / this.roots[i]);
    this.design = { width, values: new Float64Array(this.amounts.length), target };
  }

  errorOf(fill: (shape: Shape<G>, row: Float64Array) => void): number {
    const { shapes, width, amounts, design, roots } = this;
    amounts.fill(0);
    shapes.forEach((shape, i) => {
      fill(shape, amounts.subarray(i * width, (i + 1) * width));
      for (let k = i * width; k < (i + 1) * width; k++) design.values[k] = amounts[k] * roots[i];
    });
    const constants = nnls(design);
    let [total, count] = [0, 0];
    shapes.forEach(({ latencies_us }, i) => {
      let predicted = 0;
      for (let k = 0; k < width; k++) predicted += constants[k] * amounts[i * width + k];
      for (const latency of latencies_us) total += Math.abs(predicted / latency - 1);
      count += latencies_us.length;
    });
    return total / count;
  }
}
