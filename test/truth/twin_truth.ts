/**
 * A PC that is as the launch-queue model says: what each node of a model takes there is the twin's, its own noise included.
 * Whoever measures it may plan models that never ran on it, and be told how far off that is.
 */
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { readTwin, twinMeans } from '../../stages/energy/benches/twin.js';
import { buildTree, type TreeNode } from '../../stages/energy/tree/build.js';
import { Library } from '../../stages/energy/tree/library.js';
import { type Job, jobsOf } from '../../stages/profile/live/jobs.js';
import { twinOperators } from '../stages/energy/twin_rows.js';
import type { NodeTruth } from './truth.js';

export interface Size {
  readonly batch_size: number;
  readonly length: number;
}

const twin = readTwin(join(packageRoot, 'data', 'benches', 'pc1-twin.yaml'));
const library = new Library();

const idOf = (model: string, { signature }: TreeNode): string => `${model}/${signature}`;

/** A model at some sizes: the truth of its nodes by id, and a job for each signature. */
export function twinTruth(model: string, sizes: readonly Size[]) {
  const trees = sizes.map((size) => ({
    size,
    tree: buildTree(library.model(model), { batchSize: size.batch_size, length: size.length }),
  }));
  const rows = trees.flatMap(({ size, tree }) => tree.map((node) => ({ ...size, node })));
  const nodes = rows.map(({ node, ...size }) => ({
    ...size,
    node_id: node.id,
    parent_id: node.parent,
    type: node.type,
    level: node.level,
    measurement_id: idOf(model, node),
  }));
  const operators = rows.flatMap(({ node, batch_size, length }) => twinOperators(node, batch_size, length));
  const means = twinMeans(twin, nodes, operators);
  const keyOf = ({ batch_size, length, node_id }: Size & { readonly node_id: number }): string => `${batch_size}/${length}/${node_id}`; // prettier-ignore
  const truths = new Map(
    nodes.map((node): [string, NodeTruth] => {
      const { latency_s, gpu_j, wall_j, gpu_pct } = means.get(node.measurement_id)!;
      return [keyOf(node), { latency_s, gpu_w: gpu_j / latency_s, wall_w: wall_j / latency_s, gpu_pct }];
    }),
  );
  const jobs: Job[] = jobsOf(rows.map(({ node, ...size }) => ({ ...size, scope: node.scope, type: node.type, measurement_id: idOf(model, node), measured: true }))); // prettier-ignore
  return { truth: (node: Size & { readonly node_id: number }): NodeTruth => truths.get(keyOf(node))!, jobs };
}
