/** How far off each model of a run is when it is predicted from the others: what a calibration says of itself. */
import type { Door } from '../../pipeline/cli/command.js';
import { datasetsOf, readDatasets, schemasOf } from '../../pipeline/cli/datasets.js';
import { Database } from '../../pipeline/database.js';
import { openToRead } from '../../pipeline/project.js';
import { toRows } from '../../pipeline/rows.js';
import { alignColumns } from '../../pipeline/terminal.js';
import { predictorNames } from '../energy/predictors/list.js';

/** Errors of a model that was kept back, at one level. */
export interface KeptBack {
  readonly model: string;
  readonly predictor: string;
  /** Of the primitives where the level is ml, which may be another than that of what is above them. */
  readonly setting: string;
  readonly level: string;
  /** Nodes that were measured, and predicted. */
  readonly n: number;
  readonly mean_pct: number;
  readonly max_pct: number;
}

const errorsQuery = `
  SELECT model::VARCHAR AS model, predictor::VARCHAR AS predictor, setting::VARCHAR AS setting, level::VARCHAR AS level,
    n, mean_pct, max_pct
  FROM errors
  WHERE split = 'leave_model_out' AND variant = 'clean' AND quantity = 'energy' AND weighting = 'rows'
    AND model <> 'all' AND model NOT LIKE 'type:%'
  ORDER BY predictor, model, level`;

/** By predictor, model and level. */
export async function keptBack(config: string, set: readonly string[], { openRegistry }: Door): Promise<KeptBack[]> {
  const project = await openToRead(config, await openRegistry(), set);
  const errors = (await datasetsOf(project)).get('errors')!;
  const database = await Database.open();
  try {
    const read = () => database.query(errorsQuery);
    const rows = await readDatasets(database, project.graph, schemasOf(project.registry), [errors], read);
    return toRows(rows) as unknown as KeptBack[];
  } finally {
    database.close();
  }
}

const shownLevels = { ml: 'primitives', module: 'modules', model: 'whole model' } as const;

const pct = (value: number): string => `${value.toFixed(value < 9.95 ? 1 : 0)} %`;

/** One line for each predictor and model, the levels beside each other. */
export function keptBackLines(errors: readonly KeptBack[]): string {
  const inOrder = predictorNames.filter((name) => errors.some(({ predictor }) => predictor === name));
  const rows = inOrder.flatMap((name) => {
    const own = errors.filter(({ predictor }) => predictor === name);
    const setting = own.find(({ level }) => level !== 'ml')?.setting ?? '';
    return [...new Set(own.map(({ model }) => model))].map((model) => [
      `${name} (${setting})`,
      model,
      ...Object.keys(shownLevels).map((level) => {
        const found = own.find((one) => one.model === model && one.level === level);
        return found ? pct(found.mean_pct) : '–';
      }),
    ]);
  });
  const heading = ['predictor', 'kept back', ...Object.values(shownLevels)];
  const title = 'mean error on each model of the set, kept back and predicted from the others';
  return `${title}\n${alignColumns([heading, ...rows], new Set([2, 3, 4]))}`;
}
