/**
 * A CSV file whose columns are found by name and whose numbers are checked where they stand. No quoting: the field's
 * files have none, and a quoted cell is reported like any other that is not what was expected.
 */
import { abridged } from '../../../pipeline/abridged.js';
import { readBounded } from '../../../pipeline/bounded_file.js';
import { UnavailableError } from '../../../pipeline/errors.js';

const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** What a number may be. */
export type Kind = 'count' | 'positive' | 'not negative';

const expectations: Readonly<Record<Kind, { readonly text: string; readonly holds: (value: number) => boolean }>> = {
  count: { text: 'a positive whole number', holds: (value) => value > 0 && Number.isInteger(value) },
  positive: { text: 'a number above 0', holds: (value) => value > 0 },
  'not negative': { text: 'a number of 0 or more', holds: (value) => value >= 0 },
};

/** The authors' largest file has 2.4 MB. */
const largest_mib = 256;

/** One row; numbers are parsed when asked for. */
export class CsvRow {
  constructor(
    private readonly csv: Csv,
    private readonly cells: readonly string[],
    readonly line: number,
  ) {}

  text(column: string): string {
    return this.cells[this.csv.columns.get(column)!];
  }

  /** Throws an UnavailableError with file, line, column, what was found and what was expected. */
  number(column: string, kind: Kind): number {
    const text = this.text(column);
    const value = number.test(text) ? Number(text) : NaN;
    const { text: expected, holds } = expectations[kind];
    if (!Number.isFinite(value) || !holds(value)) this.fail(column, expected);
    return value;
  }

  fail(column: string, expected: string): never {
    const found = this.text(column);
    throw new UnavailableError(
      `${this.csv.file}:${this.line}: column ${column}: found ${found === '' ? 'nothing' : JSON.stringify(found)}, expected ${expected}`,
    );
  }
}

export class Csv {
  private constructor(
    readonly file: string,
    readonly columns: ReadonlyMap<string, number>,
    private readonly lines: readonly string[],
  ) {}

  /** Reads a file that has at least these columns, in any order. Throws an UnavailableError where it has not. */
  static async read(file: string, needed: readonly string[]): Promise<Csv> {
    const text = readBounded(file, largest_mib)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    const lines = text.split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    const header = (lines[0] ?? '').split(',');
    const columns = new Map(header.map((name, i) => [name, i]));
    const repeated = header.find((name, i) => columns.get(name)! > i);
    if (repeated !== undefined) throw new UnavailableError(`${file}:1: column ${repeated} stands there twice`);
    const missing = needed.filter((name) => !columns.has(name));
    if (missing.length > 0) {
      throw new UnavailableError(`${file}:1: column ${missing.join(', ')} is missing, found ${abridged(header, 30)}`);
    }
    return new Csv(file, columns, lines);
  }

  /** The rows in the order of the file. Throws an UnavailableError where one has another number of cells. */
  *rows(): Generator<CsvRow> {
    for (let i = 1; i < this.lines.length; i++) {
      const cells = this.lines[i].split(',');
      if (cells.length !== this.columns.size) {
        throw new UnavailableError(
          `${this.file}:${i + 1}: found ${cells.length} cells, expected ${this.columns.size} as in the header`,
        );
      }
      yield new CsvRow(this, cells, i + 1);
    }
  }
}
