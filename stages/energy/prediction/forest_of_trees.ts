/**
 * The forest of models that were never measured, or measured only in part: the same typed arrays that training and
 * evaluation use, so that a prediction takes the same way. What was not measured is NaN; wall energy never is known.
 */
import { featureNames, type FeatureName } from '../predictors/feature_sets.js';
import { levels, recordWidth, type Forest } from '../predictors/forest.js';
import { buildForest } from '../predictors/trees.js';

import type { Workload } from '../tree/build.js';
import type { ModelNode } from './model_node.js';

/** What was logged while a node ran, by feature, and the CPU's energy of one run, J; what is absent was not. */
export type Measured = Readonly<Partial<Record<FeatureName | 'cpu_j', number>>>;

export interface GrownTree {
  readonly model: string;
  readonly workload: Workload;
  /** Depth first, the root first. */
  readonly nodes: readonly ModelNode[];
  /** By node id; absent where nothing was measured. */
  readonly measured?: ReadonlyMap<number, Measured>;
}

/** Numbers for distinct texts, in the order of their first occurrence. */
class Codes {
  private readonly codes = new Map<string, number>();

  of(text: string): number {
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    this.codes.set(text, this.codes.size);
    return this.codes.size - 1;
  }

  get texts(): string[] {
    return [...this.codes.keys()];
  }
}

const flopsPerMillion = 1e6;
const bytesPerMib = 2 ** 20;

function record(node: ModelNode, { batchSize, length }: Workload, measured: Measured | undefined): number[] {
  const known: Measured = {
    num_parameters: node.parameters,
    input_size: batchSize * length,
    batch_size: batchSize,
    length,
    flops_million: node.flops / flopsPerMillion,
    mem_mib: node.memBytes / bytesPerMib,
    ...measured,
  };
  return featureNames.map((name) => known[name] ?? NaN);
}

/**
 * What one measurement stands for. Unmeasured nodes stand for themselves; of measured ones those of equal type, flops,
 * bytes and logged values were run once, as in the published data (METHODS 2, traps): of two projections with transposed
 * weights only one was.
 */
function measurementOf(node: ModelNode, tree: number, measured: Measured | undefined): string {
  if (!measured) return `${tree}/${node.signature}`;
  return [tree, node.type, node.flops, node.memBytes, JSON.stringify(measured)].join('/');
}

/** A forest of these trees, with their computations; `classOf` follows the nodes, tree by tree. */
export function forestOfTrees(trees: readonly GrownTree[]): Forest {
  const rows = trees.flatMap((tree, t) => tree.nodes.map((node) => ({ tree, t, node })));
  const [models, types, scopes, measurements] = [new Codes(), new Codes(), new Codes(), new Codes()];
  const records = new Float64Array(rows.length * recordWidth);
  const measurement = new Int32Array(rows.length);
  rows.forEach(({ tree, t, node }, row) => {
    const measured = tree.measured?.get(node.id);
    records.set(record(node, tree.workload, measured), row * recordWidth);
    measurement[row] = measurements.of(measurementOf(node, t, measured));
  });
  const ints = (of: (row: (typeof rows)[number]) => number): Int32Array => Int32Array.from(rows, of);
  const columns = {
    model: ints(({ tree }) => models.of(tree.model)),
    type: ints(({ node }) => types.of(node.type)),
    scope: ints(({ node }) => scopes.of(node.scope)),
    batchSize: ints(({ tree }) => tree.workload.batchSize),
    length: ints(({ tree }) => tree.workload.length),
    nodeId: ints(({ node }) => node.id),
    parentId: ints(({ node }) => node.parent ?? -1),
    level: ints(({ node }) => levels.indexOf(node.level)),
  };
  return buildForest(
    {
      ...columns,
      models: models.texts,
      types: types.texts,
      records,
      wallJ: new Float64Array(rows.length).fill(NaN),
      measurement,
      signature: rows.map(({ node }) => node.signature),
    },
    { operatorsOf: (row) => rows[row].node.operators },
  );
}
