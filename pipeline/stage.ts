/**
 * A stage is a value: what it is called, what it may be told, what it reads and writes, how it is divided, and how one
 * part of it is computed. The engine owns files, hashes, time and logs; a stage owns the science and never sees a path
 * of a dataset.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import type { ZodType } from 'zod';
import type { Database } from './database.js';
import type { TableSchema } from './table.js';

/** The part of a dataset that is recomputed alone, e.g. `{ model: 'gpt2' }`; its key joins the values with dots. */
export type Partition = Readonly<Record<string, string>>;

export const partitionKey = (partition: Partition): string => Object.values(partition).join('.').replaceAll('/', '--');

/** Partitions by the name of the stage that writes them. */
export type Upstream = Readonly<Record<string, readonly Partition[]>>;

/**
 * A table that a stage reads; `of` picks the partitions of the writing stage that one of its own needs (default all). Of a
 * table that the stage writes itself, a partition may need those of earlier partitions.
 */
export interface Read {
  readonly table: TableSchema;
  readonly of?: (own: Partition, theirs: Partition) => boolean;
}

/** Picks the partitions that agree in every attribute both sides have. */
export const same = (own: Partition, theirs: Partition): boolean =>
  Object.entries(theirs).every(([name, value]) => !(name in own) || own[name] === value);

/** A file that a stage reads besides datasets. Its content is hashed into the fingerprint under `name`. */
export interface FileInput {
  readonly name: string;
  readonly path: string;
}

/** Where a run's measurements come from, chosen once and for all when the run is first made (DESIGN 5). */
export interface Source {
  readonly kind: string;
  /** Printed with every table and page: "published measurements, replayed logs". */
  readonly label: string;
  /** What identifies the data, hashed into the fingerprint. JSON values only. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Where it lies on this machine: not hashed, so that a run may move. */
  readonly place: Readonly<Record<string, string>>;
}

/** Rows to write: an Arrow table of the schema, or the SQL that yields its columns by name. */
export type RowsToWrite = ArrowTable | { readonly sql: string };

/** One file of a dataset that a task reads, as recorded when it was written. */
export interface InputFile {
  readonly task: string;
  readonly table: string;
  readonly sha256: string;
  readonly rows: number;
}

export interface TaskContext<Params> {
  readonly run: string;
  readonly params: Params;
  /** The whole configuration as validated; only where the stage declares `usesConfiguration`, else undefined. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** What this task reads, for a report's provenance. */
  readonly inputs: readonly InputFile[];
  readonly partition: Partition;
  /** What the stage borrows of other slices of the configuration, else undefined. */
  readonly borrowed?: unknown;
  /** The partitions this task reads, by the stage that wrote them, in configured order (training order, for one). */
  readonly upstream: Upstream;
  readonly source: Source;
  /**
   * What the stage that this one `rehearses` would write of these tables, with the settings of this run; nothing of it is
   * published. Only where the stage declares it.
   */
  readonly rehearse?: (reads: Readonly<Record<string, ArrowTable>>) => Promise<ReadonlyMap<string, ArrowTable>>;
  /** This task's own DuckDB, one thread; each table the stage reads is a view by its name, its files verified. */
  readonly database: Database;
  /** Writes one table of `writes`, once. The engine orders the rows, checks the schema and publishes when all is done. */
  readonly write: (table: TableSchema, rows: RowsToWrite) => Promise<void>;
  /** Writes a file below `reports/<run>/`. */
  readonly publish: (path: string, content: string) => Promise<void>;
  /** `now` says in words what is being done, where that is worth watching; `urgent`: told even where no line moves. */
  readonly progress: (done: number, total: number, now?: string, urgent?: boolean) => void;
  readonly signal: AbortSignal;
}

export interface Stage<Params = unknown> {
  readonly name: string;
  /** One line for `--help`, `list` and the report. */
  readonly about: string;
  /** The stage's slice of the configuration; every field has a default or a clear message. */
  readonly params: ZodType<Params>;
  readonly reads: readonly Read[];
  readonly writes: readonly TableSchema[];
  /** True where a task's result depends on the source itself, not only on what it reads. */
  readonly usesSource?: boolean;
  /** True where a task prints the whole configuration: it is stale when anything in there changes. */
  readonly usesConfiguration?: (partition: Partition) => boolean;
  /** Other inputs of a task; `settings` has the slices of every stage, as `borrows` has. */
  readonly files?: (
    params: Params,
    source: Source,
    partition: Partition,
    settings: Readonly<Record<string, unknown>>,
  ) => readonly FileInput[];
  /** Files and folders, there or not, that say what its parameters may be and which `files` there are. */
  readonly looksAt?: () => readonly string[];
  /**
   * In the order in which they are computed and listed. `upstream` has the partitions of the stages before, in their
   * configured order; `settings` the slices of every stage, for what one stage says about another's division; `source` is
   * asked for what it cannot give.
   */
  readonly partitions: (
    params: Params,
    upstream: Upstream,
    settings: Readonly<Record<string, unknown>>,
    source: Source,
  ) => readonly Partition[];
  /**
   * What the settings ask for but they or the source give nothing for, a sentence each: it has no partition, `run` and
   * `check` tell it, and what else was asked for is computed.
   */
  readonly leftOut?: (params: Params, settings: Readonly<Record<string, unknown>>, source: Source) => readonly string[];
  /**
   * The part of `params` that the result of one partition depends on (default: all of it): what it leaves out may
   * change without making the partition stale, e.g. the list of the other predictors.
   */
  readonly relevant?: (params: Params, partition: Partition) => unknown;
  /** What a partition's result depends on of other stages' slices; it is part of the fingerprint. */
  readonly borrows?: (settings: Readonly<Record<string, unknown>>, partition: Partition, source: Source) => unknown;
  /**
   * A later stage that a task may ask what it would make of its tables, while it still can do something about it. No part
   * of the fingerprint: what was measured stays measured.
   */
  readonly rehearses?: string;
  /** What a task needs alone, e.g. `meter`: while it has that, no other task runs on the machine. */
  readonly requires?: (source: Source) => readonly string[];
  /** How long the tasks of one stage will take, in words: what `run --dry-run` adds. Null where that is not worth a word. */
  readonly forecast?: (
    params: Params,
    source: Source,
    partition: Partition,
    context: { readonly run: string; readonly settings: Readonly<Record<string, unknown>> },
  ) => Promise<string | null>;
  /** Computes one partition. Loaded lazily, so that declaring a stage costs nothing. */
  readonly run: (context: TaskContext<Params>) => Promise<void>;
}

/**
 * The choice of a run's source: a section of the configuration of its own, tried once when the run is first made and
 * kept in `source.lock.json`.
 */
export interface SourceChoice<Params = unknown> {
  /** The section of the configuration. */
  readonly name: string;
  readonly params: ZodType<Params>;
  /** Files and folders, there or not, and variables of the environment that the choice depends on: all of them. */
  readonly looksAt: (params: Params) => { readonly places: readonly string[]; readonly variables: readonly string[] };
  /** The kinds in order of preference, as configured. */
  readonly order: (params: Params) => readonly string[];
  /** The source of one kind, or the reason why it cannot be had here. */
  readonly open: (
    kind: string,
    params: Params,
    options: { readonly download: boolean; readonly signal?: AbortSignal },
  ) => Promise<Source | { readonly reason: string }>;
}

/** What the engine is handed: the stages in order, where their code lies, and the choice of the source. */
export interface Registry {
  /** The module whose `openRegistry()` gives this registry: workers import it. */
  readonly url: string;
  readonly stages: readonly { readonly stage: Stage<any>; readonly module: URL }[];
  readonly choice: SourceChoice<any>;
}
