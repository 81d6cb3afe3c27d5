/**
 * `pipeline calibrate --live CONFIG`: a new machine in three quarters of an hour. A designed set of models is measured on the bench of
 * a configuration, everything that `predict` uses is fitted to it, and each model of the set is predicted from the others,
 * so that the result says how far off it is.
 */
import { z } from 'zod';
import type { Door } from '../../pipeline/cli/command.js';
import { datasetsOf, readDatasets, schemasOf } from '../../pipeline/cli/datasets.js';
import { handle as run } from '../../pipeline/cli/run_handler.js';
import { Database } from '../../pipeline/database.js';
import { UsageError } from '../../pipeline/errors.js';
import { openToRead } from '../../pipeline/project.js';
import { toRows } from '../../pipeline/rows.js';
import { alignColumns, Terminal } from '../../pipeline/terminal.js';
import { readYaml } from '../../pipeline/yaml.js';
import type { CalibrateArgs } from './calibrate.js';
import { calibrateRun, commandOf, configFile } from './calibrate_run.js';
import { calibrationSet } from './calibration_set.js';

type Args = CalibrateArgs & { readonly config: string };

const configuration = z.looseObject({
  run: z.string(),
  bench: z.looseObject({ source: z.array(z.string()).default([]) }).prefault({}),
});

/** One error of a model that was kept back. */
interface KeptBack {
  readonly model: string;
  readonly predictor: string;
  readonly level: string;
  readonly mean_pct: number;
}

const errorsQuery = `
  SELECT model::VARCHAR AS model, predictor::VARCHAR AS predictor, level::VARCHAR AS level, mean_pct
  FROM errors
  WHERE split = 'leave_model_out' AND variant = 'clean' AND quantity = 'energy' AND weighting = 'rows'
    AND level IN ('module', 'model') AND model <> 'all' AND model NOT LIKE 'type:%'
  ORDER BY predictor, model, level`;

/** How far off each model of the set is predicted from the others. */
async function keptBack(config: string, set: readonly string[], { openRegistry }: Door): Promise<KeptBack[]> {
  const project = await openToRead(config, await openRegistry(), set);
  const errors = (await datasetsOf(project)).get('errors')!;
  const database = await Database.open();
  try {
    const schemas = schemasOf(project.registry);
    const rows = toRows(
      await readDatasets(database, project.graph, schemas, [errors], () => database.query(errorsQuery)),
    );
    return rows.map(({ model, predictor, level, mean_pct }) => ({
      model: String(model),
      predictor: String(predictor),
      level: String(level),
      mean_pct: Number(mean_pct),
    }));
  } finally {
    database.close();
  }
}

function lines(errors: readonly KeptBack[]): string {
  const cells = [...new Set(errors.map(({ predictor, model }) => `${predictor}\n${model}`))].map((key) => {
    const [predictor, model] = key.split('\n');
    const of = (level: string): string => {
      const found = errors.find((one) => one.predictor === predictor && one.model === model && one.level === level);
      return found ? `${found.mean_pct.toFixed(2)} %` : '–';
    };
    return [predictor, model, of('module'), of('model')];
  });
  return alignColumns([['predictor', 'kept back', 'modules', 'model'], ...cells]);
}

/** Measures, fits, and says how far off the models are that were kept back. */
export async function calibrateLive(args: Args, terminal: Terminal, door: Door): Promise<void> {
  const config = configFile(args.config);
  const { run: name, bench } = readYaml(config, configuration);
  if (bench.source[0] !== 'live') {
    throw new UsageError(
      `${config}: --live measures on a bench of one's own, and bench.source is [${bench.source.join(', ')}]`,
      'pipeline init --bench writes a configuration whose source is live; a run that is measured needs no --live',
    );
  }
  const set = [...calibrationSet(name), ...args.set];
  const plainly = { force: false, executor: 'local', detach: false, dryRun: false, verify: false, relock: false, download: false } as const; // prettier-ignore
  // One document is printed, and that is the calibration's.
  await run({ config, set, ...plainly }, new Terminal({ json: false, quiet: terminal.quiet }), door);
  const errors = await keptBack(config, set, door);
  const named = { ...args, config, set, name: args.name ?? (args.output === undefined ? name : undefined) };
  await calibrateRun(named, terminal, door, {
    madeBy: commandOf(args),
    text: `mean error on a model of the set, predicted from the others\n${lines(errors)}`,
    document: { kept_back: errors },
  });
}
