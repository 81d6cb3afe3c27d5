/**
 * What a table of the report is: the contract of DESIGN 8. A table is data first; `render/` prints it as JSON,
 * Markdown, CSV, LaTeX and HTML.
 */

/** A number that the paper has too, or that stands beside one it has. Absent is null. */
export interface Compared {
  readonly paper: number | null;
  readonly ours: number | null;
  /** Ours minus the paper's. */
  readonly difference: number | null;
  /** Of one seed, where there is randomness. */
  readonly sd?: number;
  readonly min?: number;
  readonly max?: number;
  readonly seeds?: number;
}

/** A name: `key` as in the datasets (a model, a type, a predictor), `title` as people read it. */
export interface Label {
  readonly key: string;
  readonly title: string;
}

export type Cell = string | number | null | Label | Compared;

export interface TableColumn {
  /** As in the datasets where it is one of theirs; the key of its cells in a row. */
  readonly name: string;
  readonly title: string;
  /** As printed; empty for names and counts. */
  readonly unit: string;
  /** Digits after the point where no deviation asks for others; else three significant ones. */
  readonly decimals?: number;
}

export type TableRow = Readonly<Record<string, Cell>>;

/** What a builder returns: everything that depends on data. */
export interface TableBody {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Footnotes, in print below the table. */
  readonly notes: readonly string[];
}

export interface TableData extends TableBody {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** Where the run's measurements come from, as printed. */
  readonly source: string;
}

export const isCompared = (cell: Cell | undefined): cell is Compared =>
  typeof cell === 'object' && cell !== null && 'ours' in cell;

export const isLabel = (cell: Cell | undefined): cell is Label =>
  typeof cell === 'object' && cell !== null && 'title' in cell;

/** What can be known of ours: a plain number, or a mean over seeds. */
export type Ours = number | null | Omit<Compared, 'paper' | 'difference'>;

/** A cell with the paper's value (null where it has none) beside ours (null where there is none). */
export function compared(paper: number | null, ours: Ours): Compared {
  const { ours: value, ...rest } = typeof ours === 'object' && ours !== null ? ours : { ours };
  return { paper, ours: value, difference: paper === null || value === null ? null : value - paper, ...rest };
}

/** True where some cell of the column has a value of the paper beside ours or in its stead. */
export const comparesColumn = (table: TableBody, column: TableColumn): boolean =>
  table.rows.some((row) => isPrinted(row[column.name]));

const isPrinted = (cell: Cell | undefined): boolean => isCompared(cell) && cell.paper !== null;
