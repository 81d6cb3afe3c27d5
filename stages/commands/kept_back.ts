/** How far off each model of a run is when it is predicted from the others: what a calibration says of itself. */
import type { Door } from '../../pipeline/cli/command.js';
import { datasetsOf, readDatasets, schemasOf } from '../../pipeline/cli/datasets.js';
import { Database } from '../../pipeline/database.js';
import { openToRead } from '../../pipeline/project.js';
import { toRows } from '../../pipeline/rows.js';
import type { LeftOutError } from '../energy/calibration/models_left_out.js';
import { predictorNames } from '../energy/predictors/list.js';
import { keptBackLines } from './kept_back_lines.js';

const errorsQuery = `
  SELECT model::VARCHAR AS model, predictor::VARCHAR AS predictor, setting::VARCHAR AS setting, level::VARCHAR AS level,
    n, mean_pct, max_pct
  FROM errors
  WHERE split = 'leave_model_out' AND variant = 'clean' AND quantity = 'energy' AND weighting = 'rows'
    AND model <> 'all' AND model NOT LIKE 'type:%'
  ORDER BY predictor, model, level`;

/** By predictor, model and level. */
export async function keptBack(
  config: string,
  set: readonly string[],
  { openRegistry }: Door,
): Promise<LeftOutError[]> {
  const project = await openToRead(config, await openRegistry(), set);
  const errors = (await datasetsOf(project)).get('errors')!;
  const database = await Database.open();
  try {
    const read = () => database.query(errorsQuery);
    const rows = await readDatasets(database, project.graph, schemasOf(project.registry), [errors], read);
    return toRows(rows) as unknown as LeftOutError[];
  } finally {
    database.close();
  }
}

/** Beside each predictor's name the setting of what is above the primitives, which may have another. */
export function keptBackText(errors: readonly LeftOutError[]): string {
  const settingOf = (name: string): string =>
    errors.find(({ predictor, level }) => predictor === name && level !== 'ml')?.setting ?? '';
  const inOrder = predictorNames.flatMap((name) => errors.filter(({ predictor }) => predictor === name));
  return keptBackLines(inOrder.map((one) => ({ ...one, predictor: `${one.predictor} (${settingOf(one.predictor)})` })));
}
