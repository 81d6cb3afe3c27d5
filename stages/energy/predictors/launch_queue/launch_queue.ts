/**
 * The launch-queue model (research/planned.md 1): kernels queue behind launches, so a node takes the larger of what the
 * CPU needs to launch and what the GPU needs to run *all* of it,
 *
 *     T(n) = max(Σ c(o), Σ g(o)),   E(n) = P · T(n) + Σ d(o),   o over every operator below n.
 *
 * Here it is evaluated with given constants; work.ts says how much work of each kind a node's operators are.
 */

/** Constants of the CPU's launches, µs each: calls of primitives, own kernels and copies of modules, module calls. */
export const launchTerms = [
  'linear',
  'conv1d',
  'matmul',
  'layer_norm',
  'embedding',
  'softmax',
  'tanh',
  'own_kernel',
  'own_copy',
  'module_call',
] as const;

/** Constants of the GPU's time, µs for each unit that the term's name says (GF are 10⁹ operations, tiles of one S-th). */
export const gpuTerms = [
  'linear_first_gf',
  'linear_second_gf',
  'linear_tiles',
  'linear_split_call',
  'linear_split_gf',
  'conv1d_first_gf',
  'conv1d_second_gf',
  'conv1d_tiles',
  'conv1d_split_call',
  'conv1d_split_gf',
  'matmul_padded_gf',
  'matmul_mib',
  'matmul_excess_mib',
  'matmul_call',
  'layer_norm_mib',
  'embedding_mib',
  'softmax_mib',
  'elementwise_mib',
  'gelu_mib',
  'scores_mib',
  'copy_mib',
  'kernel',
] as const;

/** Constants of the dynamic energy, mJ for each unit that the term's name says. */
export const dynamicTerms = [
  'linear_gf',
  'linear_split_gf',
  'conv1d_gf',
  'conv1d_split_gf',
  'split_call',
  'output_mib',
  'matmul_padded_gf',
  'matmul_gf',
  'matmul_mib',
  'layer_norm_mib',
  'embedding_mib',
  'softmax_mib',
  'softmax_10k_rows',
  'elementwise_mib',
  'gelu_mib',
  'scores_mib',
  'copy_mib',
  'kernel',
] as const;

/** Terms of the GPU's time that go with its clock, the inverse way: what computes rather than moves (planned.md 4). */
export const clockedTerms: readonly GpuTerm[] = [
  'linear_first_gf',
  'linear_second_gf',
  'linear_tiles',
  'linear_split_call',
  'linear_split_gf',
  'conv1d_first_gf',
  'conv1d_second_gf',
  'conv1d_tiles',
  'conv1d_split_call',
  'conv1d_split_gf',
  'matmul_padded_gf',
  'matmul_call',
];

export type LaunchTerm = (typeof launchTerms)[number];
export type GpuTerm = (typeof gpuTerms)[number];
export type DynamicTerm = (typeof dynamicTerms)[number];

/** The amounts of work below a node that the constants are multiplied with. */
export interface Work {
  readonly launch: Readonly<Record<LaunchTerm, number>>;
  readonly gpu: Readonly<Record<GpuTerm, number>>;
  readonly dynamic: Readonly<Record<DynamicTerm, number>>;
}

export interface LaunchQueueConstants {
  readonly launch_us: Readonly<Record<LaunchTerm, number>>;
  readonly gpu_us: Readonly<Record<GpuTerm, number>>;
  readonly dynamic_mj: Readonly<Record<DynamicTerm, number>>;
  /** The machine's static power at the wall: P. */
  readonly static_w: number;
}

export interface LaunchQueue {
  /** What the CPU needs to launch: C. */
  readonly launch_s: number;
  /** What the GPU needs to run: Γ. */
  readonly gpu_s: number;
  /** The larger of both: T. */
  readonly latency_s: number;
  /** Energy beyond the static power: D. */
  readonly dynamic_j: number;
  /** P · T + D. */
  readonly wall_j: number;
}

function dot<Term extends string>(
  terms: readonly Term[],
  amounts: Readonly<Record<Term, number>>,
  constants: Readonly<Record<Term, number>>,
): number {
  let sum = 0;
  for (const term of terms) sum += amounts[term] * constants[term];
  return sum;
}

/** Time and energy of one run of the work below a node. */
export function launchQueue(constants: LaunchQueueConstants, work: Work): LaunchQueue {
  const launch_s = dot(launchTerms, work.launch, constants.launch_us) * 1e-6;
  const gpu_s = dot(gpuTerms, work.gpu, constants.gpu_us) * 1e-6;
  const dynamic_j = dot(dynamicTerms, work.dynamic, constants.dynamic_mj) * 1e-3;
  const latency_s = Math.max(launch_s, gpu_s);
  return { launch_s, gpu_s, latency_s, dynamic_j, wall_j: constants.static_w * latency_s + dynamic_j };
}
