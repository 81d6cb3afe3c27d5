/**
 * Small model trees as rows of `features`, with repeated layers and random features: for tests of predictors, train
 * and evaluate that need no data. Equal nodes of a workload share one measurement, as the published ones do.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import { fromRows } from '../../pipeline/rows.js';
import { Random } from '../../stages/energy/random.js';
import { features } from '../../stages/featurize/tables.js';

export type FeatureRow = Record<keyof typeof features.columns, string | number | null>;

interface Shape {
  readonly type: string;
  readonly name?: string;
  readonly children?: readonly Shape[];
}

const linear = (name: string): Shape => ({ type: 'Linear', name });

/** A layer with three equal Linears, and two MatMuls of one scope. */
const layer = (attention: string, dense: string): Shape => ({
  type: 'Layer',
  children: [
    {
      type: attention,
      name: 'attention',
      children: [...['q', 'k', 'v'].map(linear), { type: 'MatMul' }, { type: 'MatMul' }, { type: 'Softmax' }],
    },
    {
      type: 'Output',
      name: 'output',
      children: [
        { type: dense, name: 'dense' },
        { type: 'LayerNorm', name: 'norm' },
      ],
    },
  ],
});

const tree = (root: string, layers: number, of: Shape): Shape => ({
  type: root,
  children: [
    { type: 'Embeddings', name: 'embeddings', children: [{ type: 'Embedding', name: 'words' }] },
    ...Array.from({ length: layers }, (_, i) => ({ ...of, name: String(i) })),
  ],
});

/** Two encoders and one GPT with a primitive of its own. */
export const smallModels: Readonly<Record<string, Shape>> = {
  small: tree('BertModel', 3, layer('SelfAttention', 'Linear')),
  tiny: tree('RobertaModel', 2, layer('SelfAttention', 'Linear')),
  talker: tree('GPT2Model', 3, layer('Attention', 'Conv1D')),
};

export const smallModelNames = Object.keys(smallModels);

/** Measured and counted values of one measurement: all but the workload's own columns. */
function measure(random: Random, size: number, leaf: boolean): Record<string, number> {
  const work = size * (0.5 + random.uniform()) * (leaf ? 1 : 4);
  const latency = 1e-5 * work * (0.9 + 0.2 * random.uniform());
  const gpu = 90 * latency * (0.9 + 0.2 * random.uniform());
  return {
    num_parameters: Math.round(1000 * random.uniform()),
    flops_million: work,
    mem_mib: work * random.uniform(),
    cpu_pct: 8 + random.uniform(),
    mem_pct: 10,
    gpu_pct: 50 + 50 * random.uniform(),
    gpu_mem_pct: Math.round(40 * random.uniform()),
    gpu_clk_mhz: 1850 + 50 * random.uniform(),
    gpu_mem_clk_mhz: 3802,
    latency_s: latency,
    gpu_j: gpu,
    wall_j: 1.05 * gpu + 100 * latency * (0.99 + 0.02 * random.uniform()),
  };
}

/** Rows of the small models, in the order of the table. */
export function smallRows({
  models = smallModelNames,
  batches = [2, 4],
  lengths = [8, 16],
  seed = 1,
} = {}): FeatureRow[] {
  const rows: FeatureRow[] = [];
  for (const model of models) {
    for (const batch of batches) {
      for (const length of lengths) {
        let id = 0;
        const visit = (shape: Shape, scope: string, parent: number | null): void => {
          const own = id++;
          const level = parent === null ? 'model' : shape.children ? 'module' : 'ml';
          // Layers are measured once, and so are the three Linears of an attention.
          const key = `${shape.type}/${scope.replace(/\d+/, '*').replace(/\b[qkv]$/, 'qkv')}`;
          const random = new Random('small', seed, model, batch, length, key);
          rows.push({
            ...(measure(random, batch * length, !shape.children) as Record<string, number>),
            model,
            batch_size: batch,
            length,
            node_id: own,
            parent_id: parent,
            scope,
            type: shape.type,
            level,
            measurement_id: `${model}/${batch}/${length}/${key}`,
            input_size: batch * length,
            wall_sd_j: 0,
            wall_u_j: 0,
            rounds: 5,
          } as FeatureRow);
          for (const child of shape.children ?? []) visit(child, [scope, child.name].filter(Boolean).join('.'), own);
        };
        visit(smallModels[model], '', null);
      }
    }
  }
  return rows;
}

export const smallFeatures = (rows: readonly FeatureRow[] = smallRows()): ArrowTable => fromRows(features, rows);
