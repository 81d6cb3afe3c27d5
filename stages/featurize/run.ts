/**
 * One model's nodes, each with the means of the measurement that stands for it. A node without one refuses: a gap in
 * the ground truth must not pass for a smaller model.
 */
import { readFile } from 'node:fs/promises';
import { RefusedError } from '../../pipeline/errors.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { toRows } from '../../pipeline/table.js';
import type { FeaturizeParams } from './stage.js';
import { features } from './tables.js';

const sql = (name: string): Promise<string> => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

export async function run({ database, partition, write }: TaskContext<FeaturizeParams>): Promise<void> {
  await database.run(await sql('means'));
  const unusable = toRows(await database.query(await sql('unusable')));
  if (unusable.length > 0) {
    const { measurement_id, rounds, nodes } = unusable[0];
    const more = unusable.length > 1 ? ` (and ${unusable.length - 1} more measurements)` : '';
    const why = Number(rounds) < 2 ? `${rounds} usable rounds` : `${rounds} rounds but not every feature`;
    throw new RefusedError(
      `${partition.model}: ${measurement_id}, which stands for ${nodes} nodes, has ${why}${more}`,
      'the findings of align say which checks excluded its rounds: measure it again, or leave its workload out',
    );
  }
  await write(features, { sql: await sql('features') });
}
