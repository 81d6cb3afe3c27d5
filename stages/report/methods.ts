/**
 * The methods that the tables past the paper set side by side: every predictor of the run on every feature set, in
 * variant clean where there is one, ordered by what they need to have measured. With their errors on every split.
 */
import type { Database } from '../../pipeline/database.js';
import { predictorNames, predictors, type PredictorEntry, type PredictorName } from '../energy/predictors/list.js';
import type { ErrorRow } from './errors_lookup.js';
import { beyondPaper, isOfPaper, label, titleOf } from './names.js';
import { queryRows } from './query_rows.js';
import { numberText } from './render/cell.js';
import { settingLabel, settings } from './settings.js';
import { compared, type Cell, type Label, type Ours } from './table_json.js';

export type Level = 'ml' | 'module' | 'model';
export const levels: readonly Level[] = ['ml', 'module', 'model'];

export const levelTitle: Readonly<Record<Level, string>> = { ml: 'ML', module: 'Module', model: 'Model' };

export interface Method {
  readonly predictor: string;
  readonly features: string;
  readonly variant: string;
  /** Of its modules and models; its primitives' may know more. */
  readonly setting: string;
}

export interface MethodKey {
  readonly level: Level;
  readonly split?: string;
  /** A model, `type:Linear`, or all. */
  readonly model?: string;
  readonly quantity?: 'energy' | 'latency';
}

const usual = { split: 'leave_model_out', model: 'all', quantity: 'energy' } as const;

/** A mean error beyond this is no accuracy but a fit that left the ground: ten times what was measured. */
export const divergesFromPct = 1000;

type Row = ErrorRow & Method & Required<MethodKey>;

const keyOf = (method: Method, { split, level, model, quantity }: Required<MethodKey>): string =>
  [method.predictor, method.features, split, level, model, quantity].join('\n');

/** What was made for features of its own first, the paper's last; then as in the list of predictors, `all` first. */
const rank = ({ setting, predictor, features }: Method): number[] => [
  (settings as readonly string[]).indexOf(setting),
  isOfPaper(predictor) ? 2 : entryOf(predictor)?.ownFeatures ? 0 : 1,
  (predictorNames as readonly string[]).indexOf(predictor),
  features === 'all' ? 0 : 1,
];

function inOrder(a: Method, b: Method): number {
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((value, i) => value !== right[i]);
  return at < 0 ? 0 : left[at] - right[at];
}

export class Methods {
  private constructor(
    readonly all: readonly Method[],
    private readonly rows: ReadonlyMap<string, Row>,
  ) {}

  static async read(database: Database): Promise<Methods> {
    const rows = await queryRows<Row>(database, new URL('./methods.sql', import.meta.url));
    const found = new Map<string, Method>();
    for (const { predictor, features, variant, setting, level } of rows) {
      if (level !== 'ml') found.set(`${predictor}\n${features}`, { predictor, features, variant, setting });
    }
    return new Methods([...found.values()].sort(inOrder), new Map(rows.map((row) => [keyOf(row, row), row])));
  }

  row(method: Method, key: MethodKey): Row | null {
    return this.rows.get(keyOf(method, { ...usual, ...key })) ?? null;
  }

  /** The mean error for a cell: beside the paper's value where it has one, in words where it diverges. */
  cell(method: Method, key: MethodKey, paper: number | null = null): Cell {
    const row = this.row(method, key);
    if (row && diverges(row)) return 'diverges';
    return row || paper !== null ? compared(paper, ours(row)) : null;
  }

  /** The splits of the run, in the order of the list. */
  splits(all: readonly string[]): string[] {
    const found = new Set([...this.rows.values()].map((row) => row.split));
    return all.filter((split) => found.has(split));
  }

  /** The models or types that have an error of their own at a level, in alphabetical order. */
  groups(level: Level): string[] {
    return [...new Set([...this.rows.values()].filter((row) => row.level === level).map((row) => row.model))]
      .filter((model) => model !== 'all')
      .sort();
  }

  /** The model that a method is farthest off on. */
  worstModel(method: Method, key: MethodKey): { model: string; mean_pct: number } | null {
    const rows = this.groups('model').map((model) => this.row(method, { ...key, model }));
    const known = rows.filter((row) => row !== null);
    return known.sort((a, b) => b.mean_pct - a.mean_pct)[0] ?? null;
  }

  /** Ours that stands for a setting, if the run has it. */
  find(predictor: string): Method | null {
    return this.all.find((method) => method.predictor === predictor && method.features === 'all') ?? null;
  }
}

export const diverges = ({ mean_pct }: Pick<ErrorRow, 'mean_pct'>): boolean => !(mean_pct <= divergesFromPct);

const ours = (row: ErrorRow | null): Ours =>
  row === null
    ? null
    : row.seed_sd_pct === null || row.seeds < 2
      ? row.mean_pct
      : { ours: row.mean_pct, sd: row.seed_sd_pct, min: row.seed_min_pct, max: row.seed_max_pct, seeds: row.seeds };

const featureTitles: Readonly<Record<string, string>> = {
  model_only: 'specification only',
  resource_only: 'resources only',
};

/** `all`; a predictor that was made for certain features has its own. */
const featuresLabel = ({ predictor, features }: Method): Label =>
  label(features, entryOf(predictor)?.ownFeatures ? 'its own' : (featureTitles[features] ?? features));

export function predictorLabel({ predictor, variant }: Method): Label {
  const title = titleOf(predictor) + (variant === 'clean' ? '' : `, variant ${variant}`);
  return isOfPaper(predictor) ? label(predictor, title) : beyondPaper(predictor, title);
}

/** `IrEne (End2End), specification only`: a method in one breath. */
export const methodTitle = (method: Method): string =>
  [predictorLabel(method).title, ...(method.features === 'all' ? [] : [featuresLabel(method).title])].join(', ');

/** The method in the setting of some of its nodes: primitives may be measured where their modules are not. */
export const settingAt = (method: Method, setting: string): Method => ({ ...method, setting });

/** The first cells of every line: the setting, who predicts, and from what. */
export const methodCells = (method: Method): Record<'setting' | 'predictor' | 'features', Label> => ({
  setting: settingLabel(method.setting, method.predictor),
  predictor: predictorLabel(method),
  features: featuresLabel(method),
});

export const methodColumns = [
  { name: 'setting', title: 'Known of the model', unit: '' },
  { name: 'predictor', title: 'Predictor', unit: '' },
  { name: 'features', title: 'Features', unit: '' },
] as const;

const entryOf = (name: string): PredictorEntry | undefined => predictors[name as PredictorName];

/** Predictors of the project that the run has not, and how to have them. */
export function absentPredictorsNote(methods: Methods, wanted: readonly string[] = predictorNames): string[] {
  const has = new Set(methods.all.map(({ predictor }) => predictor));
  if (has.size === 0) return ['Nothing was held out in this run, so nothing tells how far off a prediction is.'];
  const absent = wanted.filter((name) => !has.has(name));
  if (absent.length === 0) return [];
  return [`Not in this run: ${absent.join(', ')}. Add them to train.predictors in the configuration, and run again.`];
}

/** Where a method diverges, by how much and why. */
export function divergenceNote(methods: Methods, keys: readonly MethodKey[]): string[] {
  const found = methods.all.flatMap((method) => {
    const rows = keys.map((key) => methods.row(method, key)).filter((row) => row !== null && diverges(row));
    if (rows.length === 0) return [];
    const where = rows.map((row) => `${row!.level} ${row!.split} ${amount(row!.mean_pct)}`);
    const why = entryOf(method.predictor)?.random
      ? 'its optimiser has not converged after the paper’s few epochs'
      : 'a regression far outside of what it was fitted on';
    return [`${methodTitle(method)} (${where.join(', ')}): ${why}`];
  });
  if (found.length === 0) return [];
  return [`Diverges, a mean error above ${divergesFromPct} %: ${found.join('; ')}.`];
}

const amount = (pct: number): string => (Number.isFinite(pct) ? `${numberText(pct, 0)} %` : 'not a number');
