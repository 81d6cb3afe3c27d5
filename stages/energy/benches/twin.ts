/**
 * The twin: a simulated bench for machines without the published files (METHODS 6). Latency and energy of a node follow
 * from its operators by the launch-queue model; GPU and wall joules get independent noise, one draw a measurement.
 */
import { z } from 'zod';
import { readYaml } from '../../../pipeline/yaml.js';
import {
  dynamicTerms,
  gpuTerms,
  launchQueue,
  launchTerms,
  type Work,
} from '../predictors/launch_queue/launch_queue.js';
import { addWork, ownWork, type Operator } from '../predictors/launch_queue/work.js';
import { Random } from '../random.js';
import type { MeasurementMean } from './bench.js';

const positive = z.number().positive();
const notNegative = z.number().min(0);
const tile = z.tuple([positive.int(), positive.int()]);

function record<Name extends string>(names: readonly Name[]) {
  const shape = Object.fromEntries(names.map((name) => [name, notNegative])) as Record<Name, typeof notNegative>;
  return z.strictObject(shape);
}

const shownSchema = z.strictObject({ cpu_pct: notNegative, mem_pct: notNegative, gpu_mem_pct: notNegative });

const twinSchema = z.strictObject({
  seed: z.number().int(),
  static_power_w: positive,
  /** Wall joules = eta · GPU joules + rest · latency. */
  law: z.strictObject({ eta: positive, rest_w: notNegative }),
  noise: z.strictObject({ gpu_pct: notNegative, wall_pct: notNegative }),
  clock: z.strictObject({ mean_mhz: positive, sd_mhz: notNegative, memory_mhz: positive }),
  tiling: z.strictObject({
    multiprocessors: positive.int(),
    tile,
    tiles_at_once: positive.int(),
    split_below: notNegative,
    batched_tile: tile,
    balance: notNegative,
  }),
  launch_us: record(launchTerms),
  gpu_us: record(gpuTerms),
  dynamic_mj: record(dynamicTerms),
  /** What the resource log shows, by type; `default` for any other. */
  types: z.record(z.string(), shownSchema).and(z.object({ default: shownSchema })),
});

export type Twin = z.infer<typeof twinSchema>;

/** The section `constants` of a twin's file. Throws a UsageError with every problem and its place. */
export const readTwin = (file: string): Twin => readYaml(file, z.looseObject({ constants: twinSchema })).constants;

/** The columns of a `nodes` row that the twin needs, in depth-first order within a workload. */
export interface TwinNode {
  readonly batch_size: number;
  readonly length: number;
  readonly node_id: number;
  readonly parent_id: number | null;
  readonly type: string;
  readonly level: string;
  readonly measurement_id: string;
}

export interface TwinOperator extends Operator {
  readonly batch_size: number;
  readonly length: number;
  readonly node_id: number;
}

const nodeKey = (batch_size: number, length: number, node_id: number): string => `${batch_size}/${length}/${node_id}`;

/** The work of every node with all that is below it, by nodeKey. */
function workOf(twin: Twin, nodes: readonly TwinNode[], operators: readonly TwinOperator[]): Map<string, Work> {
  const own = new Map<string, TwinOperator[]>();
  for (const operator of operators) {
    const key = nodeKey(operator.batch_size, operator.length, operator.node_id);
    const list = own.get(key);
    if (list) list.push(operator);
    else own.set(key, [operator]);
  }
  const works = new Map<string, Work>();
  for (const node of nodes) {
    const key = nodeKey(node.batch_size, node.length, node.node_id);
    works.set(key, ownWork(node, own.get(key) ?? [], twin.tiling));
  }
  // Children stand after their parents.
  for (const { batch_size, length, node_id, parent_id } of nodes.toReversed()) {
    if (parent_id === null) continue;
    addWork(works.get(nodeKey(batch_size, length, parent_id))!, works.get(nodeKey(batch_size, length, node_id))!);
  }
  return works;
}

/** One draw of a measurement: noise about what its first node's work takes. */
function draw(twin: Twin, node: TwinNode, work: Work): MeasurementMean {
  const { law, noise, clock, types } = twin;
  const { latency_s, gpu_s, wall_j } = launchQueue({ ...twin, static_w: twin.static_power_w }, work);
  const random = new Random('twin', twin.seed, node.measurement_id);
  const noisy = (value: number, sd_pct: number): number => value * (1 + (sd_pct / 100) * random.gaussian());
  return {
    measurement_id: node.measurement_id,
    level: node.level === 'module' || node.level === 'model' ? node.level : 'ml',
    latency_s,
    gpu_j: noisy((wall_j - law.rest_w * latency_s) / law.eta, noise.gpu_pct),
    wall_j: noisy(wall_j, noise.wall_pct),
    ...(types[node.type] ?? types.default),
    gpu_pct: 100 * (gpu_s / latency_s),
    gpu_clk_mhz: clock.mean_mhz + clock.sd_mhz * random.gaussian(),
    gpu_mem_clk_mhz: clock.memory_mhz,
  };
}

/**
 * The mean of every measurement of one model, by its id, in the order of the nodes. The first node of a measurement is
 * the one that is run, as in the published data (METHODS 2, traps). `nodes` stand in order of workload and node_id.
 */
export function twinMeans(
  twin: Twin,
  nodes: readonly TwinNode[],
  operators: readonly TwinOperator[],
): Map<string, MeasurementMean> {
  const works = workOf(twin, nodes, operators);
  const means = new Map<string, MeasurementMean>();
  for (const node of nodes) {
    if (means.has(node.measurement_id)) continue;
    const work = works.get(nodeKey(node.batch_size, node.length, node.node_id))!;
    means.set(node.measurement_id, draw(twin, node, work));
  }
  return means;
}
