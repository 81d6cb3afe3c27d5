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
import { errorRows } from './fixture_errors.js';
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
  /** That have errors: all of them unless it says otherwise. */
  readonly splits?: readonly string[];
}

export type Row = Record<string, string | number | boolean | null>;

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

/** Of one run, s: the mean power is not the same everywhere. */
const latencyS = (node: Node): number => node.wall_j / (260 + 20 * Math.cos(node.node_id));

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
  latency_s: latencyS(node),
  // The wall-power law holds with 1.05 J per J and 100 W, but for 0.5 % here and there.
  gpu_j: (node.wall_j * (1 + 0.005 * Math.sin(7 * node.node_id)) - 100 * latencyS(node)) / 1.05,
  wall_sd_j: node.wall_j * 0.002,
  wall_u_j: node.wall_j * 0.001,
  rounds: 5,
});

/** How far each predictor is off in the fixture, as a factor on End2End's prediction. */
const paperPredictors: Readonly<Record<string, number>> = { end2end: 1, stepwise: 1.08, predicted_sum: 0.9 };

/** The same past the paper, as a factor on what was measured; these have intervals of 1 %, in two splits. */
const pastPredictors: Readonly<Record<string, number>> = {
  law: 1.004,
  children: 0.991,
  composition: 1.006,
  planned: 1.02,
};
const pastSplits = ['leave_model_out', 'leave_family_out'];

function predictionRows(node: Node): Row[] {
  const common = {
    ...node,
    features: 'all',
    fold: node.model,
    low_j: null,
    high_j: null,
    extrapolated: false,
    extrapolated_by: null,
    predicted_latency_s: null,
  };
  const paper = Object.entries(paperPredictors).flatMap(([predictor, factor]) =>
    ['paper', 'clean'].map((variant) => ({
      ...common,
      predictor,
      variant,
      split: 'leave_model_out',
      predicted_j: node.predicted_j * factor,
    })),
  );
  const past = Object.entries(pastPredictors).flatMap(([predictor, factor]) =>
    pastSplits.map((split) => {
      const predicted_j = node.wall_j * factor;
      return {
        ...common,
        predictor,
        variant: 'clean',
        split,
        predicted_j,
        low_j: predicted_j * 0.99,
        high_j: predicted_j * 1.01,
        alpha: null,
        extrapolated: split === 'leave_family_out',
        extrapolated_by: split === 'leave_family_out' ? 'fitted on no Conv1D' : null,
      };
    }),
  );
  return [...paper, ...past];
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
export function fixture({ layers = 2, rename = {}, splits }: FixtureOptions = {}): Record<string, ArrowTable> {
  const nameOf = (model: string): string => rename[model] ?? model;
  const names = models.map(nameOf);
  const all = placeAll(layers, nameOf);
  const roots = all.filter((node) => node.level === 'model');
  return {
    nodes: pick(nodes, all.map(nodeRow)),
    features: pick(features, all.map(featureRow)),
    predictions: pick(predictions, all.flatMap(predictionRows)),
    errors: pick(errors, errorRows(names, types, splits)),
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
