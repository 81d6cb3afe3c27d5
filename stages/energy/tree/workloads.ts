/** The workloads that a configuration asks for: each batch size with each length, or the first with the first, and so on. */
export interface Sizes {
  readonly batch_sizes: readonly number[];
  readonly lengths: readonly number[];
  /** True: they go together in pairs. */
  readonly paired?: boolean;
}

export const workloadsOf = ({
  batch_sizes,
  lengths,
  paired = false,
}: Sizes): { batch_size: number; length: number }[] =>
  paired
    ? batch_sizes.map((batch_size, i) => ({ batch_size, length: lengths[i] }))
    : batch_sizes.flatMap((batch_size) => lengths.map((length) => ({ batch_size, length })));
