/** Fits the static power and the dynamic energies to measured joules and latencies (research/planned.md 2, step 4). */
import { dynamicTerms, type DynamicTerm } from './launch_queue.js';
import { byTerm } from './latency_fit.js';
import { nnls } from './nnls.js';
import { robustWeight, type QueueRow } from './rows.js';
import { dynamicAt, workWidth } from './works.js';

const rounds = 8;

/**
 * What is drawn together where the rows do not tell it apart: a GEMM's output costs as much as four times the bytes
 * moved by another kernel, and the products of Linear and Conv1D cost alike. The
 * strengths are parts of what the rows tell of the one that they tell more of.
 */
const priors: readonly (readonly [DynamicTerm, number, DynamicTerm, strength: number])[] = [
  ['output_mib', 4, 'elementwise_mib', 0.05],
  ['linear_gf', 1, 'conv1d_gf', 0.05],
];

export interface EnergyConstants {
  readonly static_w: number;
  /** How the static power grows with the clock, W for each unit of (f − f_min); 0 where the clock is not used. */
  readonly static_w_per_clock: number;
  readonly dynamic_mj: Readonly<Record<DynamicTerm, number>>;
}

/**
 * `works` are the amounts of the rows' classes, row by row; `aboveLowest` each row's clock over the lowest, null where
 * the clock is not used.
 */
export function fitEnergy(
  rows: readonly QueueRow[],
  works: Float64Array,
  aboveLowest: readonly number[] | null,
): EnergyConstants {
  const width = dynamicTerms.length + 2;
  const amounts = new Float64Array(rows.length * width);
  rows.forEach(({ latencyS }, i) => {
    amounts[i * width] = latencyS;
    amounts[i * width + 1] = aboveLowest ? latencyS * aboveLowest[i] : 0;
    for (let k = 0; k < dynamicTerms.length; k++) {
      amounts[i * width + 2 + k] = works[i * workWidth + dynamicAt + k] * 1e-3;
    }
  });
  const robust = rows.map(() => 1);
  let constants = new Float64Array(width);
  for (let round = 0; round < rounds; round++) {
    constants = fitRound(rows, amounts, width, robust);
    rows.forEach(({ wallJ }, i) => {
      let predicted = 0;
      for (let k = 0; k < width; k++) predicted += constants[k] * amounts[i * width + k];
      robust[i] = robustWeight(predicted / wallJ - 1);
    });
  }
  return {
    static_w: constants[0],
    static_w_per_clock: constants[1],
    dynamic_mj: byTerm(dynamicTerms, constants.subarray(2)),
  };
}

function fitRound(
  rows: readonly QueueRow[],
  amounts: Float64Array,
  width: number,
  robust: readonly number[],
): Float64Array<ArrayBuffer> {
  const values = new Float64Array((rows.length + priors.length) * width);
  const target = new Float64Array(rows.length + priors.length);
  const squares = new Float64Array(width);
  rows.forEach(({ weight, wallJ }, i) => {
    const own = (weight * robust[i]) / wallJ;
    for (let k = 0; k < width; k++) {
      const value = own * amounts[i * width + k];
      values[i * width + k] = value;
      squares[k] += value * value;
    }
    target[i] = own * wallJ;
  });
  priors.forEach(([term, factor, other, strength], p) => {
    const [a, b] = [term, other].map((name) => 2 + dynamicTerms.indexOf(name as DynamicTerm));
    const scale = strength * Math.sqrt(Math.max(squares[a], squares[b]));
    values[(rows.length + p) * width + a] = scale;
    values[(rows.length + p) * width + b] = -factor * scale;
  });
  return nnls({ width, values, target });
}
