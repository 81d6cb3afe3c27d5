/** Good inputs of every kind, for damage to begin with. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { sealed } from '../../pipeline/store/sealed.js';
import { logsSettings, type LogsSettings } from '../../stages/energy/benches/logs/settings.js';
import { publishedFiles } from '../../stages/energy/benches/published_files.js';

export const makeFolders = (): void => void mkdirSync(join('data', 'runs', 'toy', 'make'), { recursive: true });

const live = `run: live
bench:
  source: [live]
  live:
    machine: { name: our box, cpu: Ryzen 9, threads: 32, memory_gib: 64, gpu: RTX 4090 }
    meter: { type: emonlib, port: /dev/ttyUSB0, range: 30 A, class: 1, uncertainty: 1 %, calibrated: 2026-01-05 }
    gpu: 0
    clocks: 1800 MHz
    standby: 62 W
    mains: 230 V
trace: { models: [gpt2, distilgpt2], batch_sizes: [8], lengths: [32] }
profile: { round: 20 s, rounds: 5 }
`;

const logs = `machine: { name: our box, threads: 32 }
zone: Europe/London
runs: { file: runs.csv, columns: { start_us: began, end_us: ended, model: model, batch_size: b, length: s, repeats: n } }
power: { file: power.csv, format: csv, columns: { time_s: time, real_power_w: watts, voltage_v: volts } }
resources: { file: smi.csv, format: nvidia_smi }
`;

export const configurations = [
  live,
  `run: logs\nbench:\n  source: [logs]\n  logs:\n${logs.replaceAll(/^/gm, '    ')}\ntrace: { models: [gpt2], batch_sizes: [8], lengths: [32] }\n`,
  `run: anchors\ntrace: &t { models: [gpt2, distilgpt2], batch_sizes: [8, 16], lengths: [32] }\ntrain: { seeds: 2, features: [all, { name: own, columns: [flops_million, latency_s] }] }\n`,
  `run: torch\ntrace: { models: [gpt2, { torch: my_model.py:make, name: mine }], batch_sizes: [8], lengths: [32] }\n`,
];

export const ownLogs: LogsSettings = logsSettings.parse({
  machine: { name: 'our box', threads: 32 },
  zone: 'Europe/London',
  runs: {
    file: 'runs.csv',
    columns: { start_us: 'began', end_us: 'ended', model: 'model', batch_size: 'b', length: 's', repeats: 'n' },
  },
  power: { file: 'power.csv', format: 'csv', columns: { time_s: 'time', real_power_w: 'watts', voltage_v: 'volts' } },
  resources: { file: 'smi.csv', format: 'nvidia_smi' },
});

const rows = (head: string, count: number, line: (i: number) => string): string =>
  `${[head, ...Array.from({ length: count }, (_, i) => line(i))].join('\n')}\n`;

export const measurements = [
  rows('wall,gpu,t,group', 24, (i) => `${100 + 1.1 * (40 + 9 * i)},${40 + 9 * i},${10 + (i % 3)},g${i % 4}`),
  rows('"wall","gpu","t","group"', 12, (i) => `"${160 + 11 * i}","${50 + 10 * i}","10","model, ${i % 3}"`),
];
export const profiles = [
  'latency_ms,gpu_j\n92.36,17.29\n',
  'scope,latency_ms,gpu_j\n,92.36,17.29\nh.0,7.1,1.3\n',
  'batch,length,scope,type,latency_s,gpu_j\n8,32,,GPT2Model,0.05,6\n8,32,"h.0.mlp",MLP,0.001,0.2\n',
];
export const runLogs = [
  rows('began,ended,model,b,s,n', 8, (i) => `${1_769_000_000_000_000 + i * 3e7},${1_769_000_000_000_000 + i * 3e7 + 2e7},gpt2,8,32,${100 + i}`), // prettier-ignore
];
export const powerLogs = [rows('time,watts,volts', 40, (i) => `${1_769_000_000 + i},${100 + i}.5,230.${i}`)];
export const smiLogs = [
  rows('timestamp, utilization.gpu [%], utilization.memory [%], memory.used [MiB], clocks.current.sm [MHz], power.draw [W], temperature.gpu', 20, // prettier-ignore
    (i) => `2026/01/21 10:00:${String(i).padStart(2, '0')}.123, ${i} %, 3 %, 812 MiB, 1800 MHz, ${40 + i}.19 W, 4${i % 10}`), // prettier-ignore
];
const columns = 'batch_size,seq_len,flops,mem_bytes,cpu,mem,gpu,gpu_mem,gpu_clk,gpu_mem_clk,times_mean,gpu_energy_mean,energy_mean,level_name,model_name'; // prettier-ignore
export const publishedRows = [
  rows(columns, 12, (i) => `8,32,${10 + i},1.5,3,20,${i},4,1800,4000,0.0${i + 1},1.${i},2.${i},h.${i}.mlp:MLP,gpt2`),
];
export const publishedNames = Object.values(publishedFiles);

export const configJsons = [
  '{ "model_type": "bert", "hidden_size": 512, "num_attention_heads": 8, "intermediate_size": 2048 }',
  '{ "architectures": ["GPT2LMHeadModel"], "n_embd": 768, "n_layer": 12, "n_head": 12, "n_inner": null, "activation_function": "gelu_new" }',
  '{ "model_type": "distilbert", "dim": 768, "n_layers": 6, "hidden_dim": 3072, "torch_dtype": "float16", "pruned_heads": { "0": [1] } }',
];

const node = (node_id: number, parent_id: number | null, level: string, type: string, scope: string): object => ({
  model: 'mine',
  batch_size: 2,
  length: 8,
  node_id,
  parent_id,
  scope,
  type,
  level,
  depth: parent_id === null ? 1 : 2, // prettier-ignore
  num_parameters: 100,
  shapes: '2x8x16',
  flops: 1e6,
  mem_bytes: 1e5,
  signature: `s${node_id}`,
  measurement_id: `m${node_id}`, // prettier-ignore
});
export const tracedTrees = [
  JSON.stringify({ model: 'mine', nodes: [node(0, null, 'model', 'Mine', ''), node(1, 0, 'ml', 'Linear', 'l')], operators: [] }, null, 1), // prettier-ignore
];

export const predictors = [
  readFileSync(join(packageRoot, 'data', 'predictors', 'pc1.yaml'), 'utf8').replace(/^.*\n/, ''),
  'bench: own\nsource: mine\nmade_by: hand\nfitted_on: { rows: 10 }\npredictors: { law: { constants: { eta: 1.1, rest_w: 60 } } }\n',
];

export const manifest = sealed('manifest', {
  version: 1,
  task: 'make/a',
  fingerprint: 'f',
  parts: { params: { n: 1 }, source: null, configuration: null, files: { x: 'y' }, inputs: {}, code: 'c', schema: 's' },
  outputs: [{ table: 'values', path: 'data/runs/toy/make/values/a.parquet', bytes: 1, mtime_ms: 2, sha256: 'x', rows: 3 }], // prettier-ignore
  findings: { info: 0, warn: 1, exclude: 0, refuse: 0 },
  seconds: 0.5,
  damaged: null,
});
