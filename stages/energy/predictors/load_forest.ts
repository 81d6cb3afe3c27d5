/** Reads the forest from a task's `features`, once a task. Leaves the table `ordered_nodes` for joins by node. */
import { readFile } from 'node:fs/promises';
import type { Table } from 'apache-arrow';
import type { Database } from '../../../pipeline/database.js';
import { numbers, optionalNumbers, strings } from '../../../pipeline/rows.js';
import { featureNames } from './feature_sets.js';
import { recordWidth, type Forest } from './forest.js';
import type { PredictedEnergy } from './predicted_energy.js';
import { buildForest, type NodeColumns, type OperatorsOf } from './trees.js';
import type { Operator } from './launch_queue/work.js';

const codes = ['model_code', 'batch_size', 'length', 'node_id', 'parent_code', 'scope_code', 'type_code', 'level_code', 'measurement_code']; // prettier-ignore

const sqlFile = (name: string): Promise<string> => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

/**
 * The forest of the named models, in their order; with their computations where `nodes` and `operators` are read too. Its
 * `wallJ` are the GPU's joules where these are what is to be predicted.
 */
export async function loadForest(
  database: Database,
  models: readonly string[],
  {
    computations = false,
    energy = 'wall_j',
  }: { readonly computations?: boolean; readonly energy?: PredictedEnergy } = {},
): Promise<Forest> {
  const nodes = await readNodes(database, models, energy);
  if (!computations) return buildForest(nodes);
  const signature = strings(await database.query(await sqlFile('signatures')), 'signature');
  const operatorsOf = await readOperators(database, signature);
  return buildForest({ ...nodes, signature }, { operatorsOf });
}

/** The operators of each node, given its computation. */
async function readOperators(database: Database, signature: readonly string[]): Promise<OperatorsOf> {
  const rows = await database.query(await sqlFile('operators'));
  const [of, operator, inputs, output, dtype] = ['signature', 'operator', 'inputs', 'output', 'dtype'].map((name) =>
    strings(rows, name),
  );
  const [moved_bytes, kernels] = ['moved_bytes', 'kernels'].map((name) => numbers(rows, name));
  const bySignature = new Map<string, Operator[]>();
  of.forEach((text, i) => {
    const operators = bySignature.get(text) ?? [];
    const [movedBytes, launched] = [moved_bytes[i], kernels[i]];
    operators.push({
      operator: operator[i],
      inputs: inputs[i],
      output: output[i],
      dtype: dtype[i],
      moved_bytes: movedBytes,
      kernels: launched,
    });
    bySignature.set(text, operators);
  });
  return (row) => bySignature.get(signature[row]) ?? [];
}

/** What was not measured is absent in the table, and NaN in the forest. */
const measured = (rows: Table, name: string): Float64Array =>
  Float64Array.from(optionalNumbers(rows, name), (value) => value ?? NaN);

/** The nodes of the named models as columns; `energy` is the one that is to be predicted. */
export async function readNodes(
  database: Database,
  models: readonly string[],
  energy: PredictedEnergy = 'wall_j',
): Promise<NodeColumns> {
  await database.run(await sqlFile('nodes'), { models: models.join('\n') });
  const columns = [...codes, ...featureNames.filter((name) => !codes.includes(name)), 'wall_j'];
  const rows = await database.query(`SELECT ${columns.join(', ')} FROM ordered_nodes ORDER BY node`);
  const types = await database.query('SELECT DISTINCT type::VARCHAR AS type FROM ordered_nodes ORDER BY type');
  const whole = (name: string): Int32Array => Int32Array.from(numbers(rows, name));
  const records = new Float64Array(rows.numRows * recordWidth);
  featureNames.forEach((name, k) => {
    measured(rows, name).forEach((value, row) => (records[row * recordWidth + k] = value));
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
    wallJ: measured(rows, energy),
    measurement: whole('measurement_code'),
    signature: null,
  };
}
