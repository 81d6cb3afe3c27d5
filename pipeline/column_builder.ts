/** One column of a query's answer: DuckDB's chunks become an Arrow vector over a typed array. */
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

/** Collects one column of a result, chunk by chunk. */
export class ColumnBuilder {
  private readonly parts: Numeric[] = [];
  private readonly values: unknown[] = [];
  private hasNull = false;
  /** About what it holds. */
  bytes = 0;

  constructor(private readonly type: DuckDBType) {}

  add(from: DuckDBVector, count: number): void {
    if (
      from instanceof DuckDBDoubleVector ||
      from instanceof DuckDBIntegerVector ||
      from instanceof DuckDBBigIntVector
    ) {
      const { items, validity } = from as unknown as { items: Numeric; validity: { data: BigUint64Array | null } };
      if (!this.hasNull && allValid(validity.data, count)) {
        this.parts.push(items.slice(0, count));
        this.bytes += count * items.BYTES_PER_ELEMENT;
        return;
      }
    }
    if (!this.hasNull) this.spill();
    this.hasNull = true;
    for (let i = 0; i < count; i++) {
      const value = plain(from.getItem(i));
      this.bytes += typeof value === 'string' ? valueBytes + value.length : valueBytes;
      this.values.push(value);
    }
  }

  /** From the first chunk that is not a whole typed array on, values are kept one by one. */
  private spill(): void {
    for (const part of this.parts) for (const value of part) this.values.push(value);
    this.parts.length = 0;
  }

  vector(): arrow.Vector {
    const id = this.type.typeId;
    if (!this.hasNull) {
      const length = this.parts.reduce((sum, part) => sum + part.length, 0);
      const Array =
        id === DuckDBTypeId.DOUBLE ? Float64Array : id === DuckDBTypeId.INTEGER ? Int32Array : BigInt64Array;
      if (length > 0 || id === DuckDBTypeId.DOUBLE || id === DuckDBTypeId.INTEGER || id === DuckDBTypeId.BIGINT) {
        const whole = new Array(length) as Float64Array;
        let at = 0;
        for (const part of this.parts as Float64Array[]) {
          whole.set(part, at);
          at += part.length;
        }
        return arrow.makeVector(whole);
      }
    }
    switch (id) {
      case DuckDBTypeId.DOUBLE:
        return arrow.vectorFromArray(this.values as number[], new arrow.Float64());
      case DuckDBTypeId.INTEGER:
        return arrow.vectorFromArray(this.values as number[], new arrow.Int32());
      case DuckDBTypeId.BIGINT:
        return arrow.vectorFromArray(this.values as bigint[], new arrow.Int64());
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

/** Values that are no JavaScript primitive (decimals, dates, lists) as DuckDB prints them. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  return String(value);
}

function allValid(bits: BigUint64Array | null, count: number): boolean {
  if (!bits) return true;
  for (let word = 0; word * 64 < count; word++) {
    const rest = count - word * 64;
    const mask = rest >= 64 ? 0xffff_ffff_ffff_ffffn : (1n << BigInt(rest)) - 1n;
    if ((bits[word] & mask) !== mask) return false;
  }
  return true;
}
