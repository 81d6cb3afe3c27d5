/**
 * Stands in for PyTorch: speaks the node runner's line protocol (native/torch/README.md) and runs nothing. What it would
 * run it writes down before it begins, as lines of `start_us end_us wall_w gpu_w gpu_pct`, for the simulated PC to draw; the
 * stamps that it replies are those. IRENE_TRUTH_ACTIVITY names that file, IRENE_TRUTH_MEMORY a type that does not fit into
 * memory. With IRENE_TRUTH_PC=twin a node takes what the launch-queue model says, else what is drawn for its type.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostClock_us, utc_us } from '../../stages/energy/meters/host_clock.js';
import { buildTree, type TreeNode } from '../../stages/energy/tree/build.js';
import { Library } from '../../stages/energy/tree/library.js';
import { burstTruth, type NodeTruth, truthOf, usualGpu_pct } from './truth.js';
import { twinTruth } from './twin_truth.js';

interface Request {
  readonly id: number;
  readonly do: string;
  readonly model: string;
  readonly batch_size: number;
  readonly length: number;
  readonly node_id: number;
  readonly seconds: number;
  readonly round_s: number;
  readonly repeats: number;
  readonly steps: readonly { readonly on_s: number; readonly off_s: number }[];
}

const activity = process.env.IRENE_TRUTH_ACTIVITY!;

/** What is going to run has to be written down before the meter looks, µs. */
const ahead_us = 1000;

let nodes: readonly TreeNode[] = [];
let node: TreeNode | null = null;
let truthOfNode: (node: TreeNode) => NodeTruth = truthOf;

async function run({ wall_w, gpu_w, gpu_pct = usualGpu_pct }: NodeTruth, duration_us: number) {
  const start_mono_us = hostClock_us() + ahead_us;
  const end_mono_us = start_mono_us + Math.round(duration_us);
  appendFileSync(activity, `${start_mono_us} ${end_mono_us} ${wall_w} ${gpu_w} ${gpu_pct}\n`);
  await sleep(Math.max(0, (end_mono_us - hostClock_us()) / 1e3));
  const offset_us = utc_us() - hostClock_us();
  return { start_mono_us, start_utc_us: start_mono_us + offset_us, end_mono_us, end_utc_us: end_mono_us + offset_us };
}

async function burst(steps: Request['steps']) {
  const stamps = [];
  for (const { on_s, off_s } of steps) {
    stamps.push(await run(burstTruth, on_s * 1e6));
    await sleep(off_s * 1e3);
  }
  return { steps: stamps };
}

function load({ model, batch_size, length }: Request) {
  nodes = buildTree(new Library().model(model), { batchSize: batch_size, length });
  if (process.env.IRENE_TRUTH_PC === 'twin') {
    const { truth } = twinTruth(model, [{ batch_size, length }]);
    truthOfNode = ({ id }) => truth({ batch_size, length, node_id: id });
  }
  const rows = nodes.map(({ id, parent, scope, type, level, flops, memBytes, signature }) => {
    return { node_id: id, parent_id: parent, scope, type, level, flops, mem_bytes: memBytes, signature };
  });
  return { nodes: rows, traced_on: 'cpu', torch: 'none' };
}

function prepare({ node_id }: Request) {
  node = nodes[node_id];
  if (node.type === process.env.IRENE_TRUTH_MEMORY) throw new Error('RuntimeError: CUDA out of memory');
  const { scope, type, signature } = node;
  return { scope, type, signature };
}

async function reply(request: Request): Promise<unknown> {
  const truth = node ? truthOfNode(node) : burstTruth;
  const { latency_s } = truth;
  const last_us = (runs: number): number => Math.round(runs * latency_s * 1e6);
  const repeats = (seconds: number): number => Math.ceil(seconds / latency_s);
  switch (request.do) {
    case 'load':
      return load(request);
    case 'prepare':
      return prepare(request);
    case 'warm_up':
      await run(truth, last_us(repeats(request.seconds)));
      return { runs: repeats(request.seconds) };
    case 'calibrate':
      await run(truth, last_us(repeats(request.round_s / 10)));
      return { repeats: repeats(request.round_s), latency_s };
    case 'round':
      return { repeats: request.repeats, ...(await run(truth, last_us(request.repeats))) };
    case 'burst':
      return burst(request.steps);
    default:
      return {};
  }
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

say({ id: 0, ok: { protocol: 1, pid: process.pid, device: 'simulated PC', torch: 'none' } });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  if (request.do === 'quit') break;
  try {
    say({ id: request.id, ok: await reply(request) });
  } catch (error) {
    say({ id: request.id, error: { kind: 'out_of_memory', message: (error as Error).message } });
  }
}
process.exit();
