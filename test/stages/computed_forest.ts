/**
 * Forests that know what their nodes compute, without stages and database: the published measurements of a folder, or
 * the twin's. For tests of predictors that go by operators.
 */
import { publishedMeans, cellsOfRows } from '../../stages/energy/benches/published.js';
import { readPublished } from '../../stages/energy/benches/published_rows.js';
import { partOf } from '../../stages/energy/benches/cells.js';
import { measurementId, type Cell, type MeasurementMean } from '../../stages/energy/benches/bench.js';
import { twinMeans, type Twin } from '../../stages/energy/benches/twin.js';
import { featureNames } from '../../stages/energy/predictors/feature_sets.js';
import { levels, recordWidth, type Forest } from '../../stages/energy/predictors/forest.js';
import { buildForest } from '../../stages/energy/predictors/trees.js';
import type { Operator } from '../../stages/energy/predictors/launch_queue/work.js';
import { buildTree, type TreeNode } from '../../stages/energy/tree/build.js';
import { Library } from '../../stages/energy/tree/library.js';
import { twinOperators, twinRows } from './energy/twin_rows.js';

/** One node with what was measured of it. */
export interface MeasuredNode extends MeasurementMean {
  readonly model: string;
  readonly batch_size: number;
  readonly length: number;
  readonly node: TreeNode;
  readonly parent: number | null;
}

/** The published nodes of some models, in training order. */
export async function publishedNodes(
  folder: string,
  models: readonly string[],
  batchSizes: readonly number[],
  lengths: readonly number[],
): Promise<MeasuredNode[]> {
  const all: MeasuredNode[] = [];
  for (const model of models) {
    const cells = cellsOfRows(await readPublished(folder, model), model, batchSizes, lengths);
    all.push(...measured(cells, await publishedMeans(folder, model)));
  }
  return all;
}

/** The nodes of some models as a twin has them. */
export function twinNodes(
  twin: Twin,
  models: readonly string[],
  batchSizes: readonly number[],
  lengths: readonly number[],
): MeasuredNode[] {
  return models.flatMap((model) => {
    const cells = batchSizes.flatMap((batch_size) =>
      lengths.map((length): Cell => ({
        model,
        batch_size,
        length,
        parts: ['ml_module', 'ml_function', 'module', 'model'],
      })),
    );
    const { nodes, operators } = twinRows(model, cells);
    return measured(cells, twinMeans(twin, nodes, operators));
  });
}

function measured(cells: readonly Cell[], means: ReadonlyMap<string, MeasurementMean>): MeasuredNode[] {
  return cells.flatMap(({ model, batch_size, length, parts }) => {
    const tree = buildTree(new Library().model(model), { batchSize: batch_size, length });
    const present = tree.filter(({ level, type }) => parts.includes(partOf(level, type)));
    return present.map((node): MeasuredNode => {
      const mean = means.get(measurementId(model, batch_size, length, node.type, node.flops, node.memBytes))!;
      return { ...mean, model, batch_size, length, node, parent: present.length === tree.length ? node.parent : null };
    });
  });
}

/** The forest of these nodes, as `loadForest` gives it with `computations`. */
export function computedForest(nodes: readonly MeasuredNode[]): Forest {
  const models = [...new Set(nodes.map(({ model }) => model))];
  const codes = (of: (node: MeasuredNode) => string): Int32Array => {
    const found = new Map<string, number>();
    return Int32Array.from(nodes, (node) => found.get(of(node)) ?? (found.set(of(node), found.size), found.size - 1));
  };
  const records = new Float64Array(nodes.length * recordWidth);
  nodes.forEach(({ node, ...one }, row) => {
    const counted = {
      num_parameters: node.parameters,
      input_size: one.batch_size * one.length,
      flops_million: node.flops / 1e6,
      mem_mib: node.memBytes / 2 ** 20,
    };
    featureNames.forEach((name, k) => (records[row * recordWidth + k] = { ...one, ...counted }[name]));
  });
  const types = [...new Set(nodes.map(({ node }) => node.type))].sort();
  const operatorsOf = (row: number): Operator[] =>
    twinOperators(nodes[row].node, nodes[row].batch_size, nodes[row].length);
  return buildForest(
    {
      models,
      types,
      model: Int32Array.from(nodes, ({ model }) => models.indexOf(model)),
      batchSize: Int32Array.from(nodes, ({ batch_size }) => batch_size),
      length: Int32Array.from(nodes, ({ length }) => length),
      nodeId: Int32Array.from(nodes, ({ node }) => node.id),
      parentId: Int32Array.from(nodes, ({ parent }) => parent ?? -1),
      scope: codes(({ node }) => node.scope),
      type: Int32Array.from(nodes, ({ node }) => types.indexOf(node.type)),
      level: Int32Array.from(nodes, ({ node }) => levels.indexOf(node.level)),
      records,
      wallJ: Float64Array.from(nodes, ({ wall_j }) => wall_j),
      measurement: codes(({ measurement_id }) => measurement_id),
      signature: nodes.map(({ node }) => node.signature),
    },
    { operatorsOf },
  );
}
