/**
 * A small run of all six models for the report's tests: trees of the right shape, energies from a simple rule, errors
 * from another. Nothing here is measured, and nothing is random.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import { findings } from '../../../pipeline/findings.js';
import { fromRows } from '../../../pipeline/rows.js';
import { type TableSchema } from '../../../pipeline/table.js';
import { clock, measurements } from '../../../stages/align/tables.js';
import { errors, predictions } from '../../../stages/evaluate/tables.js';
import { features } from '../../../stages/featurize/tables.js';
import { session } from '../../../stages/profile/tables.js';
import { nodes } from '../../../stages/trace/tables.js';
import { treeOf, type Shape } from './fixture_trees.js';

// prettier-ignore
export const models = ['bert-base-uncased', 'distilbert-base-uncased', 'roberta-base', 'distilgpt2', 'openai-gpt', 'gpt2'];
const sizes = [
  { batch_size: 8, length: 32 },
  { batch_size: 16, length: 256 },
];

interface FixtureOptions {
  /** Of the large models; the distilled ones have half. */
  readonly layers?: number;
  /** Renames models everywhere, for names that try to escape. */
  readonly rename?: Readonly<Record<string, string>>;
}

type Row = Record<string, string | number | boolean | null>;

interface Node {
  readonly model: string;
  readonly batch_size: number;
  readonly length: number;
  readonly node_id: number;
  readonly parent_id: number | null;
  readonly scope: string;
  readonly type: string;
  readonly level: string;
  readonly depth: number;
  readonly alpha: number;
  readonly wall_j: number;
  readonly predicted_j: number;
}

/** Joules of one primitive for each token. */
const leafJ: Readonly<Record<string, number>> = {
  Embedding: 8e-6,
  LayerNorm: 2e-5,
  Linear: 1.6e-4,
  Conv1D: 1.8e-4,
  Tanh: 1e-6,
  MatMul: 5e-5,
  Softmax: 7e-5,
};
const types = Object.keys(leafJ);

type Workload = Pick<Node, 'model' | 'batch_size' | 'length'>;

/** Appends a tree in depth-first order and returns its root. */
function place(shape: Shape, workload: Workload, parent_id: number | null, depth: number, into: Node[]): Node {
  const node_id = into.length;
  into.push(undefined as unknown as Node);
  const below = shape.children.map((child) => place(child, workload, node_id, depth + 1, into));
  const sum = (of: 'wall_j' | 'predicted_j') => below.reduce((total, child) => total + child[of], 0);
  const isLeaf = shape.type in leafJ;
  const alpha = 1 + 0.04 * Math.sin(node_id);
  const leaf = isLeaf ? leafJ[shape.type] * workload.batch_size * workload.length * shape.weight : 0;
  return (into[node_id] = {
    ...workload,
    node_id,
    parent_id,
    scope: shape.scope,
    type: shape.type,
    level: isLeaf ? 'ml' : depth === 1 ? 'model' : 'module',
    depth,
    alpha,
    wall_j: isLeaf ? leaf : sum('wall_j') * 0.97,
    predicted_j: isLeaf ? leaf * (1 + 0.008 * Math.cos(node_id)) : sum('predicted_j') * alpha,
  });
}

function placeAll(layers: number, nameOf: (model: string) => string): Node[] {
  return models.flatMap((model) =>
    sizes.flatMap((size) => {
      const into: Node[] = [];
      place(treeOf(model, layers), { model: nameOf(model), ...size }, null, 1, into);
      return into;
    }),
  );
}

const measurementOf = (node: Node): string =>
  `${node.model}/${node.batch_size}/${node.length}/${node.type}/${node.node_id}`;

const nodeRow = (node: Node): Row => ({
  ...node,
  num_parameters: 1000,
  shapes: '',
  flops: 1_000_000,
  mem_bytes: 1_048_576,
  signature: node.type,
  measurement_id: measurementOf(node),
});

const featureRow = (node: Node): Row => ({
  ...node,
  measurement_id: measurementOf(node),
  num_parameters: 1000,
  input_size: node.batch_size * node.length,
  flops_million: 1 + node.node_id,
  mem_mib: 2,
  cpu_pct: 8.5,
  mem_pct: 12,
  gpu_pct: 97.5,
  gpu_mem_pct: node.type === 'Softmax' ? 90 : 30,
  gpu_clk_mhz: 1890,
  gpu_mem_clk_mhz: 3802,
  latency_s: node.wall_j / 260,
  gpu_j: node.wall_j * 0.6,
  wall_sd_j: node.wall_j * 0.002,
  wall_u_j: node.wall_j * 0.001,
  rounds: 5,
});

/** How far each predictor is off in the fixture, as a factor on End2End's prediction. */
const treePredictors: Readonly<Record<string, number>> = { end2end: 1, stepwise: 1.08, predicted_sum: 0.9 };

const predictionRows = (node: Node): Row[] =>
  Object.entries(treePredictors).map(([predictor, factor]) => ({
    ...node,
    predictor,
    features: 'all',
    variant: 'paper',
    split: 'leave_model_out',
    fold: node.model,
    predicted_j: node.predicted_j * factor,
    low_j: null,
    high_j: null,
    extrapolated: false,
  }));

/** Mean errors by level and predictor; what is random has a deviation. */
const meanPct: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  end2end: { ml: 0.7, module: 8.61, model: 6.1 },
  stepwise: { ml: 0.7, module: 9.29, model: 14.3 },
  predicted_sum: { ml: 0.7, module: 16.4, model: 17.69 },
  unstructured: { ml: 0.7, module: 1827, model: 100 },
  unstructured_ols: { module: 0.96, model: 0.46 },
};
const fixed = new Set(['predicted_sum', 'unstructured_ols']);

function errorRow(
  predictor: string,
  features: string,
  variant: string,
  level: string,
  model: string,
  weighting: string,
): Row {
  const mean_pct = meanPct[predictor][level] * (features === 'all' ? 1 : 1.2) * (1 + (model.length % 7) / 50);
  const sd = fixed.has(predictor) || level === 'ml' ? null : level === 'model' ? mean_pct * 0.2 : mean_pct * 0.005;
  return {
    predictor,
    setting: 'children',
    features,
    variant,
    split: 'leave_model_out',
    level,
    model,
    weighting,
    quantity: 'energy',
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

function errorRows(names: readonly string[]): Row[] {
  const levels = Object.keys(meanPct).flatMap((predictor) =>
    Object.keys(meanPct[predictor]).map((level) => ({ predictor, level })),
  );
  return levels.flatMap(({ predictor, level }) =>
    ['all', 'model_only', 'resource_only'].flatMap((features) =>
      ['paper', 'clean'].flatMap((variant) => {
        const groups = level === 'ml' ? [...names, ...types.map((type) => `type:${type}`)] : names;
        return [
          ...groups.map((group) => errorRow(predictor, features, variant, level, group, 'rows')),
          ...['rows', 'models'].map((weighting) => errorRow(predictor, features, variant, level, 'all', weighting)),
        ];
      }),
    ),
  );
}

const sessionRow = (model: string): Row => ({
  session: model,
  bench: 'PC1',
  label: 'simulated',
  started_utc_us: 0,
  first_us: 0,
  last_us: 1_000_000,
  cpu_threads: 20,
  meter: 'emonPi',
  meter_kind: 'window',
  meter_period_us: 170_000,
  meter_noisy: true,
  meter_range_a: null,
  meter_uncertainty_pct: null,
  mains_voltage_v: 120,
  power_factor_source: 'assumed',
  resource_period_us: 170_000,
  standby_w: 75,
});

const findingRows = (name: string): Row[] => [
  {
    check_id: '4',
    severity: 'exclude',
    subject: `${name}/b16/s256/Linear round 3`,
    value: 1.7,
    limit: 0.595,
    source: 'CHECKS 4.3, 4',
    message: `a gap of 1.7 s in round 3 of a measurement of ${name}`,
  },
  {
    check_id: 'not_published',
    severity: 'info',
    subject: `${name} b32 s256`,
    value: null,
    limit: null,
    source: 'research/counting.md 5',
    message: 'this workload was not published',
  },
];

const roundRow = (node: Node, round: number): Row => ({
  measurement_id: measurementOf(node),
  session: node.model,
  round,
  excluded: round === 3 && node.node_id === 0,
  excluded_by: round === 3 && node.node_id === 0 ? '4' : null,
  repeats: 100,
  ...Object.fromEntries(
    ['wall_j', 'wall_step_j', 'wall_clip_j', 'wall_interior_j', 'wall_vi_j'].map((name) => [name, node.wall_j]),
  ),
  gpu_j: node.wall_j * 0.6,
  latency_s: 0.01,
  cpu_pct: 8,
  mem_pct: 12,
  gpu_pct: 97,
  gpu_mem_pct: 30,
  gpu_clk_mhz: 1890,
  gpu_mem_clk_mhz: 3802,
  covered_s: 20,
  gap_s: 0,
  lines: 118,
  lines_missing: 0,
});

const pick = (schema: TableSchema, rows: readonly Row[]): ArrowTable =>
  fromRows(
    schema,
    rows.map((row) => Object.fromEntries(Object.keys(schema.columns).map((name) => [name, row[name]]))),
  );

/** The tables that the report stage reads. */
export function fixture({ layers = 2, rename = {} }: FixtureOptions = {}): Record<string, ArrowTable> {
  const nameOf = (model: string): string => rename[model] ?? model;
  const names = models.map(nameOf);
  const all = placeAll(layers, nameOf);
  const roots = all.filter((node) => node.level === 'model');
  return {
    nodes: pick(nodes, all.map(nodeRow)),
    features: pick(features, all.map(featureRow)),
    predictions: pick(predictions, all.flatMap(predictionRows)),
    errors: pick(errors, errorRows(names)),
    measurements: pick(
      measurements,
      roots.flatMap((node) => [1, 2, 3, 4, 5].map((round) => roundRow(node, round))),
    ),
    clock: pick(
      clock,
      names.map((name) => ({ session: name, offset_s: 1.2341, drift_ppm: 50.1, residual_ms: 1.9, edges: 80 })),
    ),
    findings: pick(findings, names.flatMap(findingRows)),
    session: pick(session, names.map(sessionRow)),
  };
}
