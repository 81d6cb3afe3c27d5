/**
 * Any table of named columns: a mapping says which column is which quantity, in which unit, by the end of its key
 * (`real_power_w: Power`, `voltage_mv: U`), so that nothing is guessed from a column's name.
 */
import { z } from 'zod';
import { nearest } from '../../../pipeline/config/nearest.js';
import { UnavailableError, UsageError } from '../../../pipeline/errors.js';
import { numberOf } from './fields.js';
import { dateStamps, epochStamps, epochUnits, stampOptions, type Stamps, type StampSettings } from './timestamp.js';

/** Units by the end of a key, and what a number is multiplied by to be in the first of them. */
export const units = {
  power: { w: 1, mw: 1e-3, kw: 1e3 },
  voltage: { v: 1, mv: 1e-3, kv: 1e3 },
  current: { a: 1, ma: 1e-3 },
  share: { pct: 1 },
  clock: { mhz: 1, hz: 1e-6, ghz: 1e3 },
  memory: { kib: 1, b: 1 / 1024, mib: 1024, gib: 1024 * 1024 },
  energy: { uj: 1, mj: 1e3, j: 1e6, wh: 3.6e9, kwh: 3.6e12 },
  temperature: { c: 1 },
  duration: { s: 1, ms: 1e-3, us: 1e-6 },
  plain: { '': 1 },
} as const;

/** Quantities that a table may have, each with its kind. */
export type Quantities = Readonly<Record<string, keyof typeof units | 'time' | 'text'>>;

/** Keys of a quantity: its name with each unit; a time's `time` alone is a date with its time. */
function keysOf(name: string, kind: Quantities[string]): readonly string[] {
  if (kind === 'text') return [name];
  if (kind === 'time') return [name, ...Object.keys(epochUnits).map((unit) => `${name}_${unit}`)];
  return Object.keys(units[kind]).map((unit) => (unit === '' ? name : `${name}_${unit}`));
}

export const separators = { comma: ',', semicolon: ';', tab: '\t' } as const;

/** The keys of a section that describes a table of these quantities. */
export function tableOptions(quantities: Quantities) {
  const keys = Object.entries(quantities).flatMap(([name, kind]) => keysOf(name, kind));
  const columns = z.record(z.string(), z.string()).superRefine((map, context) => {
    const given = Object.keys(map);
    for (const key of given.filter((key) => !keys.includes(key))) {
      const near = nearest(key, keys);
      const message = `"${key}" is no quantity with its unit; ${near ? `nearest: ${near}` : `there are ${keys.join(', ')}`}`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
    for (const [name, kind] of Object.entries(quantities)) {
      const twice = given.filter((key) => keysOf(name, kind).includes(key));
      if (twice.length > 1)
        context.addIssue({ code: 'custom', message: `${twice.join(' and ')} are the same quantity` });
    }
  });
  return {
    columns,
    separator: z.enum(Object.keys(separators) as (keyof typeof separators)[]).default('comma'),
    /** True where numbers are written like 1,5. */
    decimal_comma: z.boolean().default(false),
    ...stampOptions,
  };
}

export type TableSettings = z.output<z.ZodObject<ReturnType<typeof tableOptions>>>;

/** What stands behind a number or a column's name as its unit, e.g. `46.19 W`, `power.draw [W]`. */
const unitBehind = /^(.*?)\s*\[?([a-zA-Z%°]+)\]?$/;

interface Place {
  readonly name: string;
  readonly column: string;
  readonly at: number;
  readonly scale: number;
  /** The unit that the mapping states. */
  readonly unit: string;
  readonly stamps: Stamps | null;
}

/** One row's cells by quantity; what is not mapped, absent or unreadable is null. */
export interface TableRow {
  number(name: string): number | null;
  text(name: string): string | null;
}

/** Reads the rows of one table, header first. */
export class CsvTable {
  #places: Map<string, Place> | null = null;
  #width = 0;

  constructor(
    private readonly quantities: Quantities,
    private readonly settings: TableSettings,
    private readonly file: string,
  ) {}

  get hasHeader(): boolean {
    return this.#places !== null;
  }

  /** A row's values; `header` for the first line, or the reason why the line is none. */
  read(line: string): TableRow | 'header' | { readonly reason: string } {
    const cells = line.split(separators[this.settings.separator]).map(bare);
    if (!this.#places) {
      this.#places = this.#header(cells);
      this.#width = cells.length;
      return 'header';
    }
    if (cells.length !== this.#width)
      return { reason: `${cells.length} cells: expected ${this.#width} as in the header` };
    const values = new Map<string, number | null>();
    for (const place of this.#places.values()) {
      if (this.quantities[place.name] === 'text') continue;
      const value = place.stamps ? place.stamps(cells[place.at]) : this.#number(cells[place.at], place);
      if (value === undefined)
        return { reason: `column ${place.column}: not ${place.stamps ? 'a stamp' : 'a number'} as stated` };
      values.set(place.name, value);
    }
    const places = this.#places;
    return {
      number: (name) => values.get(name) ?? null,
      text: (name) => (places.has(name) ? cells[places.get(name)!.at] : null),
    };
  }

  #number(cell: string, { unit, scale }: Place): number | null | undefined {
    const told = this.settings.decimal_comma ? cell.replace(',', '.') : cell;
    const value = numberOf(told);
    if (value === undefined) {
      const match = unitBehind.exec(told);
      const behind = match ? numberOf(match[1]) : undefined;
      if (!match || behind === undefined || !sameUnit(match[2], unit)) return undefined;
      return behind === null ? null : scaled(behind, scale);
    }
    return value === null ? null : scaled(value, scale);
  }

  #header(header: readonly string[]): Map<string, Place> {
    const places = new Map<string, Place>();
    for (const [key, column] of Object.entries(this.settings.columns)) {
      const at = header.indexOf(column.trim());
      if (at < 0) throw this.#noColumn(column, header);
      if (header.lastIndexOf(column.trim()) !== at) throw new UnavailableError(`${this.file}:1: column ${column} stands there twice`); // prettier-ignore
      const place = { column, at, ...this.#quantity(key) };
      const said = /\[(\w+|%)\]$/.exec(column)?.[1];
      if (said && place.unit && !sameUnit(said, place.unit)) {
        throw new UsageError(
          `${this.file}:1: column ${column} says ${said}, but the mapping ${key} says ${place.unit}`,
        );
      }
      places.set(place.name, place);
    }
    return places;
  }

  /** The quantity of a key, its unit, and how its cells are read. */
  #quantity(key: string): Pick<Place, 'name' | 'scale' | 'unit' | 'stamps'> {
    const [name, kind] = Object.entries(this.quantities).find(([name, kind]) => keysOf(name, kind).includes(key))!;
    const unit = key.slice(name.length + 1);
    if (kind === 'text') return { name, scale: 1, unit: '', stamps: null };
    if (kind !== 'time')
      return { name, scale: (units[kind] as Readonly<Record<string, number>>)[unit], unit, stamps: null };
    const stamps = unit === '' ? dateStamps(this.settings as StampSettings, this.file) : epochStamps(unit as keyof typeof epochUnits); // prettier-ignore
    return { name, scale: 1, unit: '', stamps };
  }

  #noColumn(column: string, header: readonly string[]): UsageError {
    const near = nearest(column, header);
    return new UsageError(
      `${this.file}:1: there is no column ${column}${near ? `: did you mean ${near}?` : ''}`,
      `its columns are ${header.join(', ')}`,
    );
  }
}

const bare = (cell: string): string =>
  cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();

/** Decimal scales without binary dust. */
const scaled = (value: number, scale: number): number =>
  scale === 1 ? value : Number((value * scale).toPrecision(15));

const sameUnit = (said: string, unit: string): boolean =>
  said.toLowerCase() === (unit === 'pct' ? '%' : unit).toLowerCase() || (unit === 'c' && said === '°C');
