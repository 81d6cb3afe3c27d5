/** Reads the forest from a task's `features`, once a task. Leaves the table `ordered_nodes` for joins by node. */
import { readFile } from 'node:fs/promises';
import type { Database } from '../../../pipeline/database.js';
import { numbers, strings } from '../../../pipeline/rows.js';
import { featureNames } from './feature_sets.js';
import { recordWidth, type Forest } from './forest.js';
import { buildForest, type NodeColumns } from './trees.js';

const codes = ['model_code', 'batch_size', 'length', 'node_id', 'parent_code', 'scope_code', 'type_code', 'level_code'];

/** The forest of the named models, in their order. */
export const loadForest = async (database: Database, models: readonly string[]): Promise<Forest> =>
  buildForest(await readNodes(database, models));

/** The nodes of the named models as columns. */
export async function readNodes(database: Database, models: readonly string[]): Promise<NodeColumns> {
  const sql = await readFile(new URL('./nodes.sql', import.meta.url), 'utf8');
  await database.run(sql, { models: models.join('\n') });
  const columns = [...codes, ...featureNames.filter((name) => !codes.includes(name)), 'wall_j'];
  const rows = await database.query(`SELECT ${columns.join(', ')} FROM ordered_nodes ORDER BY node`);
  const types = await database.query('SELECT DISTINCT type::VARCHAR AS type FROM ordered_nodes ORDER BY type');
  const whole = (name: string): Int32Array => Int32Array.from(numbers(rows, name));
  const records = new Float64Array(rows.numRows * recordWidth);
  featureNames.forEach((name, k) => {
    numbers(rows, name).forEach((value, row) => (records[row * recordWidth + k] = value));
  });
  return {
    models,
    types: strings(types, 'type'),
    model: whole('model_code'),
    batchSize: whole('batch_size'),
    length: whole('length'),
    nodeId: whole('node_id'),
    parentId: whole('parent_code'),
    scope: whole('scope_code'),
    type: whole('type_code'),
    level: whole('level_code'),
    records,
    wallJ: numbers(rows, 'wall_j'),
  };
}
