/** The errors of held-out models, by what they are of: the paper's evaluation is leave one model out throughout. */
import type { Database } from '../../pipeline/database.js';
import { queryRows } from './query_rows.js';
import type { Ours } from './table_json.js';

export interface ErrorKey {
  readonly level: 'ml' | 'module' | 'model';
  readonly predictor?: string;
  readonly features?: string;
  readonly variant?: string;
  /** A model, `type:Linear`, or all. */
  readonly model?: string;
  readonly weighting?: 'rows' | 'models';
}

export interface ErrorRow {
  readonly n: number;
  readonly seeds: number;
  readonly mean_pct: number;
  readonly seed_sd_pct: number | null;
  readonly seed_min_pct: number;
  readonly seed_max_pct: number;
  readonly p50_pct: number;
  readonly p95_pct: number;
  readonly max_pct: number;
}

/** What the tables beside the paper show unless they say otherwise. */
const usual = { predictor: 'end2end', features: 'all', variant: 'paper', model: 'all', weighting: 'rows' } as const;

const parts = ['predictor', 'features', 'variant', 'level', 'model', 'weighting'] as const;

export class Errors {
  private constructor(private readonly byKey: ReadonlyMap<string, ErrorRow>) {}

  static async read(database: Database): Promise<Errors> {
    const rows = await queryRows<ErrorRow & Record<(typeof parts)[number], string>>(
      database,
      new URL('./errors_lookup.sql', import.meta.url),
    );
    return new Errors(new Map(rows.map((row) => [parts.map((part) => row[part]).join('\n'), row])));
  }

  row(key: ErrorKey): ErrorRow | null {
    const whole = { ...usual, ...key };
    return this.byKey.get(parts.map((part) => whole[part]).join('\n')) ?? null;
  }

  /** The mean error for a cell, with its seeds where something is random; null where the run does not have it. */
  of(key: ErrorKey): Ours {
    const row = this.row(key);
    if (!row) return null;
    if (row.seed_sd_pct === null || row.seeds < 2) return row.mean_pct;
    return { ours: row.mean_pct, sd: row.seed_sd_pct, min: row.seed_min_pct, max: row.seed_max_pct, seeds: row.seeds };
  }

  /** The models that have an error of their own, in alphabetical order. */
  models(): string[] {
    return this.groups().filter((name) => name !== 'all' && !name.startsWith('type:'));
  }

  /** The operator types that have an error of their own, in alphabetical order. */
  types(): string[] {
    return this.groups().flatMap((name) => (name.startsWith('type:') ? [name.slice('type:'.length)] : []));
  }

  private groups(): string[] {
    return [...new Set([...this.byKey.keys()].map((key) => key.split('\n')[parts.indexOf('model')]))].sort();
  }
}
