/**
 * The published files as rows of `features`, without trace, replay and align: for tests of what comes after them. The
 * tree follows METHODS 2, the parameters research/counting.md 3.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table as ArrowTable } from 'apache-arrow';
import { fromRows } from '../../pipeline/rows.js';
import { features } from '../../stages/featurize/tables.js';

/** The six models in training order. */
export const sixModels = [
  'bert-base-uncased',
  'distilbert-base-uncased',
  'roberta-base',
  'distilgpt2',
  'openai-gpt',
  'gpt2',
];

const rootTypes: Readonly<Record<string, string>> = {
  'bert-base-uncased': 'BertModel',
  'distilbert-base-uncased': 'DistilBertModel',
  'roberta-base': 'RobertaModel',
  distilgpt2: 'GPT2Model',
  'openai-gpt': 'OpenAIGPTModel',
  gpt2: 'GPT2Model',
};

const hidden = 768;
const intermediate = 3072;

/** Rows of the embedding tables by the module's last name; the model decides where one name has several sizes. */
const embeddingRows = (model: string, name: string): number => {
  const roberta = model === 'roberta-base';
  const vocabulary = { 'openai-gpt': 40478, gpt2: 50257, distilgpt2: 50257, 'roberta-base': 50265 }[model] ?? 30522;
  if (name === 'wpe') return 1024;
  if (name === 'token_type_embeddings') return roberta ? 1 : 2;
  if (name.startsWith('position')) return roberta ? 514 : 512;
  return vocabulary;
};

function primitiveParameters(model: string, scope: string, type: string): number {
  const path = scope.split('.');
  const name = path.at(-1)!;
  if (type === 'Embedding') return embeddingRows(model, name) * hidden;
  if (type === 'LayerNorm') return 2 * hidden;
  if (type === 'Conv1D' && name === 'c_attn') return hidden * 3 * hidden + 3 * hidden;
  if (type === 'Linear' || type === 'Conv1D') {
    const widens = name === 'c_fc' || name === 'lin1' || path.at(-2) === 'intermediate';
    const narrows =
      name === 'lin2' ||
      (name === 'c_proj' && path.at(-2) === 'mlp') ||
      (path.at(-2) === 'output' && path.at(-3) !== 'attention');
    const [from, to] = widens ? [hidden, intermediate] : narrows ? [intermediate, hidden] : [hidden, hidden];
    return from * to + to;
  }
  return 0;
}

interface Node {
  readonly scope: string;
  readonly type: string;
  readonly level: string;
  readonly values: readonly number[];
  readonly children: Node[];
  parameters: number;
  id: number;
  parent: Node | null;
}

const files = ['ml1', 'ml2', 'module', 'model'] as const;

/** The published nodes of a folder as (model, batch, length) → nodes in the files' order. */
function readNodes(folder: string): Map<string, Node[]> {
  const workloads = new Map<string, Node[]>();
  for (const file of files) {
    const lines = readFileSync(join(folder, `${file}_level_features.csv`), 'utf8')
      .trimEnd()
      .split('\n');
    for (const line of lines.slice(1)) {
      const cells = line.split(',');
      const [name, model] = cells.slice(13);
      if (!sixModels.includes(model)) continue;
      const [path, type = rootTypes[model]] = name.split(':');
      // A number is preceded by the name of its ModuleList, which is no node.
      const scope = file === 'model' ? '' : path.replace(/\w+\.(\d+)/g, '$1');
      const level = file.startsWith('ml') ? 'ml' : file;
      const values = cells.slice(0, 13).map(Number);
      const key = `${model}/${values[0]}/${values[1]}`;
      const nodes = workloads.get(key) ?? [];
      nodes.push({ scope, type, level, values, children: [], parameters: 0, id: -1, parent: null });
      workloads.set(key, nodes);
    }
  }
  return workloads;
}

/** Hangs the nodes of one workload below each other and numbers them depth first. */
function plant(model: string, nodes: readonly Node[]): Node[] {
  const modules = new Map(nodes.filter(({ level }) => level !== 'ml').map((node) => [node.scope, node]));
  for (const node of nodes) {
    if (node.level === 'model') continue;
    const isFunction = node.type === 'MatMul' || node.type === 'Softmax';
    const above = isFunction ? node.scope : node.scope.split('.').slice(0, -1).join('.');
    node.parent = modules.get(above) ?? null;
    node.parent?.children.push(node);
  }
  const ordered: Node[] = [];
  const visit = (node: Node): void => {
    node.id = ordered.push(node) - 1;
    node.children.forEach(visit);
    const own = node.level === 'ml' ? primitiveParameters(model, node.scope, node.type) : 0;
    node.parameters = node.children.reduce((sum, { parameters }) => sum + parameters, own);
  };
  nodes.filter(({ parent }) => parent === null).forEach(visit);
  return ordered;
}

/** All rows, in the order of the table. */
export function publishedRows(folder: string): Record<keyof typeof features.columns, string | number | null>[] {
  return [...readNodes(folder)].flatMap(([key, nodes]) => {
    const [model] = key.split('/');
    return plant(model, nodes).map((node) => {
      const [batch, length, flops, mem, cpu, ram, gpu, gpuMem, clock, memClock, latency, gpuJ, wallJ] = node.values;
      return {
        model,
        batch_size: batch,
        length,
        node_id: node.id,
        parent_id: node.parent?.id ?? null,
        scope: node.scope,
        type: node.type,
        level: node.level,
        measurement_id: `${key}/${node.type}/${flops}/${mem}`,
        num_parameters: node.parameters,
        input_size: batch * length,
        flops_million: flops,
        mem_mib: mem,
        cpu_pct: cpu,
        mem_pct: ram,
        gpu_pct: gpu,
        gpu_mem_pct: gpuMem,
        gpu_clk_mhz: clock,
        gpu_mem_clk_mhz: memClock,
        latency_s: latency,
        gpu_j: gpuJ,
        wall_j: wallJ,
        wall_sd_j: 0,
        wall_u_j: 0,
        rounds: 5,
      };
    });
  });
}

export const publishedFeatures = (folder: string): ArrowTable => fromRows(features, publishedRows(folder));
