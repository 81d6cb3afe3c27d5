/**
 * Constants of work that was not among the measurements: taken from work that is most like it, so that nothing that is
 * predicted costs nothing (research/planned.md 2, step 5).
 */
import { dynamicTerms, gpuTerms, type DynamicTerm, type GpuTerm } from './launch_queue.js';
import { dynamicAt, gpuAt, workWidth } from './works.js';

type Constants<Term extends string> = Readonly<Record<Term, number>>;

/** Where a constant comes from if no row tells of it, the first that is known; a mean where several are named. */
const gpuSources: readonly (readonly [GpuTerm, readonly (readonly GpuTerm[])[]])[] = [
  ['linear_first_gf', [['conv1d_first_gf'], ['linear_split_gf'], ['conv1d_split_gf']]],
  ['linear_second_gf', [['conv1d_second_gf'], ['linear_split_gf'], ['conv1d_split_gf']]],
  ['linear_tiles', [['conv1d_tiles']]],
  ['linear_split_gf', [['conv1d_split_gf'], ['linear_first_gf', 'linear_second_gf']]],
  ['linear_split_call', [['conv1d_split_call'], ['kernel']]],
  ['conv1d_first_gf', [['linear_first_gf'], ['conv1d_split_gf']]],
  ['conv1d_second_gf', [['linear_second_gf'], ['conv1d_split_gf']]],
  ['conv1d_tiles', [['linear_tiles']]],
  ['conv1d_split_gf', [['linear_split_gf'], ['conv1d_first_gf', 'conv1d_second_gf']]],
  ['conv1d_split_call', [['linear_split_call'], ['kernel']]],
  ['matmul_padded_gf', [['linear_first_gf', 'linear_second_gf']]],
  ['matmul_mib', [['elementwise_mib']]],
  ['matmul_call', [['kernel']]],
  ['layer_norm_mib', [['elementwise_mib']]],
  ['embedding_mib', [['elementwise_mib']]],
  ['softmax_mib', [['elementwise_mib']]],
  ['gelu_mib', [['elementwise_mib']]],
  ['scores_mib', [['elementwise_mib']]],
  ['copy_mib', [['elementwise_mib']]],
];

const dynamicSources: readonly (readonly [DynamicTerm, readonly (readonly DynamicTerm[])[]])[] = [
  ['linear_gf', [['conv1d_gf'], ['linear_split_gf']]],
  ['linear_split_gf', [['conv1d_split_gf'], ['linear_gf']]],
  ['conv1d_gf', [['linear_gf'], ['conv1d_split_gf']]],
  ['conv1d_split_gf', [['linear_split_gf'], ['conv1d_gf']]],
  ['matmul_padded_gf', [['linear_gf']]],
  ['matmul_mib', [['elementwise_mib']]],
  ['layer_norm_mib', [['elementwise_mib']]],
  ['embedding_mib', [['elementwise_mib']]],
  ['softmax_mib', [['elementwise_mib']]],
  ['gelu_mib', [['elementwise_mib']]],
  ['scores_mib', [['elementwise_mib']]],
  ['copy_mib', [['elementwise_mib']]],
];

/** The terms that some row has work of; `works` row by row as in works.ts. */
function measured<Term extends string>(terms: readonly Term[], at: number, works: Float64Array): ReadonlySet<Term> {
  return new Set(
    terms.filter((_, k) => {
      for (let row = 0; row < works.length; row += workWidth) if (works[row + at + k] > 0) return true;
      return false;
    }),
  );
}

function borrow<Term extends string>(
  constants: Constants<Term>,
  known: ReadonlySet<Term>,
  sources: readonly (readonly [Term, readonly (readonly Term[])[]])[],
): Constants<Term> {
  const filled: Record<Term, number> = { ...constants };
  for (const [term, choices] of sources) {
    const from = known.has(term) ? undefined : choices.find((names) => names.every((name) => known.has(name)));
    if (from) filled[term] = from.reduce((sum, name) => sum + constants[name], 0) / from.length;
  }
  return filled;
}

export const borrowGpu = (constants: Constants<GpuTerm>, works: Float64Array): Constants<GpuTerm> =>
  borrow(constants, measured(gpuTerms, gpuAt, works), gpuSources);

export const borrowDynamic = (constants: Constants<DynamicTerm>, works: Float64Array): Constants<DynamicTerm> =>
  borrow(constants, measured(dynamicTerms, dynamicAt, works), dynamicSources);
