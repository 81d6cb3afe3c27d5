/** Joins the trees with the rounds that stand for them. */
import { readFile } from 'node:fs/promises';
import { RefusedError } from '../../pipeline/errors.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { toRows } from '../../pipeline/rows.js';
import type { FeaturizeParams } from './stage.js';
import { features } from './tables.js';

const featuresSql = await readFile(new URL('./features.sql', import.meta.url), 'utf8');
const unmeasuredSql = await readFile(new URL('./unmeasured.sql', import.meta.url), 'utf8');

export async function run({ database, partition, write }: TaskContext<FeaturizeParams>): Promise<void> {
  const unmeasured = toRows(await database.query(unmeasuredSql));
  if (unmeasured.length > 0) {
    const [{ measurement_id, node }] = unmeasured;
    throw new RefusedError(
      `${partition.model}: ${unmeasured.length} measurements have no round that may be used and has every feature; the first is ` +
        `${String(measurement_id)} (${String(node)})`,
      '`pipeline check` lists which checks excluded its rounds; measure it again, or leave its workload out',
    );
  }
  await write(features, { sql: featuresSql });
}
