/** A benchmark is a value, like a stage: its name, what it is about, and how it is run. */

/** One row of the table: what was done, here and by a peer in the same run. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  /** Who else did it, and what it took; absent where there is no peer. */
  readonly peer?: string;
  readonly theirs?: string;
  /** The median of peer over ours with its smallest and largest, or what stands for it. */
  readonly ratio?: string;
  readonly target?: string;
  /** Whether the target is met; null where there is none. */
  readonly met: boolean | null;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What a reader must know to judge the figures, one sentence a line. */
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  /** What it needs of `bench/install`: it is not run, and says so, where that lacks. */
  readonly peers: boolean;
  readonly run: (context: BenchContext) => Promise<Section>;
}

export interface BenchContext {
  /** A folder of the benchmarks' own, kept from run to run: the pipeline works there. */
  readonly folder: string;
  /** Told of what is being done. */
  readonly say: (line: string) => void;
}
