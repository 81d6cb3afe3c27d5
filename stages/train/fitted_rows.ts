/** Collects fitted constants as rows of `fitted`: strings as codes, for there may be a hundred thousand of them. */
import type { Table as ArrowTable } from 'apache-arrow';
import type { Partition } from '../../pipeline/stage.js';
import { Coded, fromColumns } from '../../pipeline/rows.js';
import type { Fitted, Part } from '../energy/predictors/predictor.js';
import { fitted } from './tables.js';

/** A growing column of few distinct strings. */
class Strings {
  private readonly codes: number[] = [];
  private readonly known = new Map<string, number>();

  add(value: string): void {
    let code = this.known.get(value);
    if (code === undefined) this.known.set(value, (code = this.known.size));
    this.codes.push(code);
  }

  coded(): Coded {
    return new Coded(Int32Array.from(this.codes), [...this.known.keys()]);
  }
}

export class FittedRows {
  private readonly fold = new Strings();
  private readonly seed: (number | null)[] = [];
  private readonly part = new Strings();
  private readonly position: number[] = [];
  private readonly term = new Strings();
  private readonly value: number[] = [];

  constructor(private readonly partition: Partition) {}

  add({ fold, shared, seeds }: Fitted): void {
    this.addParts(fold, null, shared);
    for (const { seed, parts } of seeds) this.addParts(fold, seed, parts);
  }

  private addParts(fold: string, seed: number | null, parts: readonly Part[]): void {
    for (const { name, terms, values } of parts) {
      for (let i = 0; i < values.length; i++) {
        this.fold.add(fold);
        this.seed.push(seed);
        this.part.add(name);
        this.position.push(i);
        this.term.add(terms[i]);
        this.value.push(values[i]);
      }
    }
  }

  table(): ArrowTable {
    const constant = (value: string) => new Coded(new Int32Array(this.value.length), [value]);
    const { predictor, features, variant, split } = this.partition;
    return fromColumns(fitted, {
      predictor: constant(predictor),
      features: constant(features),
      variant: constant(variant),
      split: constant(split),
      fold: this.fold.coded(),
      seed: this.seed,
      part: this.part.coded(),
      position: Int32Array.from(this.position),
      term: this.term.coded(),
      value: Float64Array.from(this.value),
    });
  }
}
