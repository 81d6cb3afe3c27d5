/** The fixture's errors: mean errors by level and predictor from a table, everything else by a rule. */
import type { Row } from './fixture.js';

interface FixturePredictor {
  readonly setting: string;
  /** Of its primitives, where it predicts them. */
  readonly leafSetting?: string;
  /** By level, %. */
  readonly mean_pct: Readonly<Record<string, number>>;
  /** What is random has a deviation. */
  readonly random?: boolean;
  /** Past the paper: variant clean and all features alone, and latency where it predicts it. */
  readonly past?: boolean;
  readonly latency?: boolean;
}

const all: Readonly<Record<string, FixturePredictor>> = {
  end2end: {
    setting: 'children',
    leafSetting: 'profiled',
    mean_pct: { ml: 0.7, module: 8.61, model: 6.1 },
    random: true,
  },
  stepwise: {
    setting: 'children',
    leafSetting: 'profiled',
    mean_pct: { ml: 0.7, module: 9.29, model: 14.3 },
    random: true,
  },
  predicted_sum: { setting: 'children', leafSetting: 'profiled', mean_pct: { ml: 0.7, module: 16.4, model: 17.69 } },
  unstructured: { setting: 'profiled', mean_pct: { ml: 0.7, module: 1827, model: 100 }, random: true },
  unstructured_ols: { setting: 'profiled', mean_pct: { module: 0.96, model: 0.46 } },
  law: { setting: 'profiled', leafSetting: 'profiled', mean_pct: { ml: 0.52, module: 0.44, model: 0.44 }, past: true },
  children: { setting: 'children', mean_pct: { module: 1.76, model: 0.7 }, past: true, latency: true },
  composition: {
    setting: 'primitives',
    leafSetting: 'profiled',
    mean_pct: { ml: 0.52, module: 0.84, model: 0.84 },
    past: true,
    latency: true,
  },
  planned: {
    setting: 'planned',
    leafSetting: 'planned',
    mean_pct: { ml: 1.23, module: 0.83, model: 0.83 },
    past: true,
    latency: true,
  },
};

/** How much worse a split is than a model held out. */
const worse: Readonly<Record<string, number>> = {
  leave_model_out: 1,
  leave_family_out: 2,
  leave_batch_out: 0.9,
  leave_length_out: 0.95,
  large_out: 1.5,
};

type Key = Record<
  'predictor' | 'features' | 'variant' | 'split' | 'level' | 'model' | 'weighting' | 'quantity',
  string
>;

function errorRow(key: Key): Row {
  const { setting, leafSetting, mean_pct: means, random } = all[key.predictor];
  const { level, model, features, split } = key;
  const mean_pct =
    means[level] * (features === 'all' ? 1 : 1.2) * (1 + (model.length % 7) / 50) * worse[split] *
    (key.quantity === 'latency' ? 0.9 : 1); // prettier-ignore
  const sd = !random || level === 'ml' ? null : level === 'model' ? mean_pct * 0.2 : mean_pct * 0.005;
  const own = level === 'ml' ? (leafSetting ?? setting) : setting;
  return {
    ...key,
    setting: features === 'model_only' ? 'planned' : own,
    n: 10,
    seeds: sd === null ? 1 : 20,
    mean_pct,
    seed_sd_pct: sd,
    seed_min_pct: mean_pct - 2 * (sd ?? 0),
    seed_max_pct: mean_pct + 2 * (sd ?? 0),
    p50_pct: mean_pct * 0.9,
    p95_pct: mean_pct * 1.8,
    max_pct: mean_pct * 2.5,
  };
}

/** Errors of all predictors for these models and primitives. */
export function errorRows(
  names: readonly string[],
  types: readonly string[],
  splits: readonly string[] = Object.keys(worse),
): Row[] {
  return Object.entries(all).flatMap(([predictor, { mean_pct, past, latency }]) =>
    Object.keys(mean_pct).flatMap((level) => {
      const groups = level === 'ml' ? [...names, ...types.map((type) => `type:${type}`)] : names;
      const subjects = [
        ...groups.map((model) => ({ model, weighting: 'rows' })),
        ...['rows', 'models'].map((weighting) => ({ model: 'all', weighting })),
      ];
      const sets = past ? ['all'] : ['all', 'model_only', 'resource_only'];
      const variants = past ? ['clean'] : ['paper', 'clean'];
      const quantities = latency ? ['energy', 'latency'] : ['energy'];
      return splits.flatMap((split) =>
        sets.flatMap((features) =>
          variants.flatMap((variant) =>
            quantities.flatMap((quantity) =>
              subjects.map((subject) => errorRow({ predictor, features, variant, split, level, quantity, ...subject })),
            ),
          ),
        ),
      );
    }),
  );
}
