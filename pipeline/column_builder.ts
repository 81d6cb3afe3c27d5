/** One column of a DuckDB result, collected chunk by chunk into an Arrow vector: numbers stay typed arrays, nulls bits. */
import {
  DuckDBBigIntVector,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  DuckDBTypeId,
  type DuckDBType,
  type DuckDBVector,
} from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { stringVector } from './rows.js';

/** A value on its own, as V8 keeps it in a list: a pointer and a small object. */
const valueBytes = 32;

export type Numeric = Float64Array | Int32Array | BigInt64Array;

/** What DuckDB's vectors of numbers hold: a value a row, and a bit a row where some are null. */
export interface NumericVector {
  readonly items: Numeric;
  readonly validity: { data: BigUint64Array | null };
}

const isNumeric = (vector: DuckDBVector): boolean =>
  vector instanceof DuckDBDoubleVector || vector instanceof DuckDBIntegerVector || vector instanceof DuckDBBigIntVector;

/** Numbers of one chunk; `valid` has a bit a row, as DuckDB and Arrow both order them, or is null where none is null. */
interface Chunk {
  readonly items: Numeric;
  readonly valid: Uint8Array | null;
}

export class ColumnBuilder {
  private readonly chunks: Chunk[] = [];
  private readonly values: unknown[] = [];
  /** About what it holds. */
  bytes = 0;

  constructor(private readonly type: DuckDBType) {}

  add(from: DuckDBVector, count: number): void {
    if (isNumeric(from)) {
      const { items, validity } = from as unknown as NumericVector;
      this.chunks.push({ items: items.slice(0, count), valid: nullBits(validity.data, count) });
      this.bytes += count * items.BYTES_PER_ELEMENT;
      return;
    }
    for (let i = 0; i < count; i++) {
      const value = plain(from.getItem(i));
      this.bytes += typeof value === 'string' ? valueBytes + value.length : valueBytes;
      this.values.push(value);
    }
  }

  vector(): arrow.Vector {
    switch (this.type.typeId) {
      case DuckDBTypeId.DOUBLE:
        return numericVector(new arrow.Float64(), Float64Array, this.chunks);
      case DuckDBTypeId.INTEGER:
        return numericVector(new arrow.Int32(), Int32Array, this.chunks);
      case DuckDBTypeId.BIGINT:
        return numericVector(new arrow.Int64(), BigInt64Array, this.chunks);
      case DuckDBTypeId.BOOLEAN:
        return arrow.vectorFromArray(this.values as boolean[], new arrow.Bool());
      case DuckDBTypeId.VARCHAR:
      case DuckDBTypeId.ENUM:
        return stringVector(this.values as (string | null)[]);
      case DuckDBTypeId.FLOAT:
      case DuckDBTypeId.DECIMAL:
      case DuckDBTypeId.HUGEINT:
      case DuckDBTypeId.UBIGINT:
      case DuckDBTypeId.UINTEGER:
      case DuckDBTypeId.SMALLINT:
      case DuckDBTypeId.USMALLINT:
      case DuckDBTypeId.UTINYINT:
      case DuckDBTypeId.TINYINT:
        return arrow.vectorFromArray(
          this.values.map((v) => (v === null ? null : Number(v))),
          new arrow.Float64(),
        );
      default:
        return stringVector(this.values.map((value) => (value === null ? null : String(value))));
    }
  }
}

/** All chunks as one vector. What is null reads as 0 below its bit, so that equal columns have equal bytes. */
function numericVector(
  type: arrow.Float64 | arrow.Int32 | arrow.Int64,
  Values: new (length: number) => Numeric,
  chunks: readonly Chunk[],
): arrow.Vector {
  const length = chunks.reduce((sum, { items }) => sum + items.length, 0);
  const whole = new Values(length);
  let bits: Uint8Array | undefined;
  let [at, nullCount] = [0, 0];
  for (const { items, valid } of chunks) {
    (whole as Float64Array).set(items as Float64Array, at);
    for (let i = 0; valid && i < items.length; i++) {
      if ((valid[i >> 3] & (1 << (i & 7))) !== 0) continue;
      bits ??= allOnes(length);
      bits[(at + i) >> 3] &= ~(1 << ((at + i) & 7));
      nullCount++;
    }
    at += items.length;
  }
  if (!bits) return arrow.makeVector(whole as Float64Array);
  const zero = whole instanceof BigInt64Array ? 0n : 0;
  for (let i = 0; i < length; i++) if ((bits[i >> 3] & (1 << (i & 7))) === 0) (whole as { [row: number]: typeof zero })[i] = zero; // prettier-ignore
  return arrow.makeVector(arrow.makeData({ type, length, nullCount, data: whole, nullBitmap: bits } as never));
}

/** As many set bits as there are rows; those after them are clear. */
function allOnes(length: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8)).fill(0xff);
  if (length % 8 !== 0) bits[bits.length - 1] = (1 << (length % 8)) - 1;
  return bits;
}

/** The first `count` of a chunk's bits, or null where they are all set. */
function nullBits(words: BigUint64Array | null, count: number): Uint8Array | null {
  if (!words) return null;
  const bits = new Uint8Array(words.buffer, words.byteOffset, Math.ceil(count / 8)).slice();
  const full = bits.subarray(0, count >> 3).every((byte) => byte === 0xff);
  const rest = (1 << (count % 8)) - 1;
  return full && (count % 8 === 0 || (bits[bits.length - 1] & rest) === rest) ? null : bits;
}

/** Values that are no JavaScript primitive (decimals, dates, lists) as DuckDB prints them. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  return String(value);
}
