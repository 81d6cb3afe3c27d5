/** Which workloads and parts of a model's tree a run log has: a part exists where every measurement of it was run. */
import { nearest } from '../../../../pipeline/config/nearest.js';
import { UnavailableError } from '../../../../pipeline/errors.js';
import type { TreeNode } from '../../tree/build.js';
import { allParts, type Cell, measurementId, type Part } from '../bench.js';
import { partOf } from '../cells.js';
import type { Run } from './runs.js';

type Named = Pick<TreeNode, 'scope' | 'type' | 'level'>;

/** Whether a run is of a node: by scope, and by type where the run says one; else it is of the module at that scope. */
export const isOf = ({ scope, type }: Pick<Run, 'scope' | 'type'>, node: Named): boolean =>
  scope === node.scope && (type === '' ? partOf(node.level, node.type) !== 'ml_function' : type === node.type);

/** The measurement that a run of a tree's node is one of. Throws an UnavailableError where there is no such node. */
export function measurementOf(run: Run, tree: readonly TreeNode[], file: string): string {
  const node = tree.find((node) => isOf(run, node));
  const { model, batch_size, length, scope, type, line } = run;
  if (node) return measurementId(model, batch_size, length, node.type, node.flops, node.memBytes);
  const near = nearest(scope, tree.map((node) => node.scope)); // prettier-ignore
  const suggested = near === undefined || near === scope ? '' : `; nearest: ${near}`;
  throw new UnavailableError(`${file}:${line}: ${model} has no node ${scope}${type ? `:${type}` : ''}${suggested}`);
}

/** The cell of one workload; null where nothing of it was run whole. */
export function cellOfRuns(
  runs: readonly Run[],
  model: string,
  tree: readonly TreeNode[],
  workload: Pick<Cell, 'batch_size' | 'length'>,
  file: string,
): Cell | null {
  // prettier-ignore
  const { batch_size, length } = workload;
  const own = runs.filter((run) => run.model === model && run.batch_size === batch_size && run.length === length);
  const run = new Set(own.map((run) => measurementOf(run, tree, file)));
  const whole = (part: Part): boolean => {
    const nodes = tree.filter(({ level, type }) => partOf(level, type) === part);
    const ids = nodes.map(({ type, flops, memBytes }) => measurementId(model, batch_size, length, type, flops, memBytes)); // prettier-ignore
    return nodes.length > 0 && ids.every((id) => run.has(id));
  };
  const parts = own.length === 0 ? [] : allParts.filter(whole);
  return parts.length > 0 ? { model, batch_size, length, parts } : null;
}
