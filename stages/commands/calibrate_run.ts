/** `pipeline calibrate CONFIG`: every predictor of the product, fitted on a measured run with nothing held out. */
import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Door } from '../../pipeline/cli/command.js';
import { datasetsOf, readDatasets, schemasOf, warningsOf, type Dataset } from '../../pipeline/cli/datasets.js';
import { Database } from '../../pipeline/database.js';
import { UnavailableError } from '../../pipeline/errors.js';
import { openToRead, type ProjectToRead } from '../../pipeline/project.js';
import { alignColumns, type Terminal } from '../../pipeline/terminal.js';
import { specificationOf } from '../energy/benches/machine.js';
import { coverageOf } from '../energy/calibration/coverage.js';
import { fitProduct, productPredictors } from '../energy/calibration/fit_product.js';
import type { Forest } from '../energy/predictors/forest.js';
import { loadForest } from '../energy/predictors/load_forest.js';
import { partsOf, predictorFileText, type Coverage, type PredictorFile } from '../energy/predictors/predictor_file.js';
import type { CalibrateArgs } from './calibrate.js';
import { equation } from './calibrate_lines.js';
import { outputFile, writeOutput } from './calibrate_output.js';
import { word } from './shell_word.js';

type Args = CalibrateArgs & { readonly config: string };

/** What a fit needs, and what its coverage is taken from. */
const needed = ['features', 'nodes', 'operators'];

/** A configuration of configs/ may be named without its folder, as a run is. */
export function configFile(config: string): string {
  const named = join('configs', `${config}.yaml`);
  return !existsSync(config) && existsSync(named) ? named : config;
}

async function datasetsToRead(project: ProjectToRead, config: string, terminal: Terminal): Promise<Dataset[]> {
  const all = await datasetsOf(project);
  const lacking = needed.flatMap((name) => all.get(name)!.missing);
  if (lacking.length > 0) {
    throw new UnavailableError(
      `run ${project.graph.run} is not measured yet: ${lacking.length} of its parts are missing, ${lacking[0]} for one`,
      `compute it: pipeline run ${config} --stage featurize`,
    );
  }
  const used = [...needed, 'predictions'].map((name) => all.get(name)!);
  // Of the predictions only the product's are needed: that others are missing is no matter.
  for (const dataset of used) warningsOf({ ...dataset, missing: [] }).forEach((text) => terminal.warn(text));
  return used;
}

/** What was measured, for people. */
function fittedOn({ workloads, ran, classOf }: Forest): PredictorFile['fitted_on'] {
  const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
  return {
    models: distinct(workloads.map(({ model }) => model)),
    batch_sizes: distinct(workloads.map(({ batchSize }) => batchSize)).sort((a, b) => a - b),
    lengths: distinct(workloads.map(({ length }) => length)).sort((a, b) => a - b),
    nodes: classOf.length,
    measurements: ran.reduce((sum, one) => sum + one, 0),
  };
}

async function fitAll(project: ProjectToRead, datasets: readonly Dataset[], terminal: Terminal) {
  const database = await Database.open();
  try {
    const schemas = schemasOf(project.registry);
    const models = datasets[0].files.map(({ partition }) => partition.model);
    const read = async () => ({
      forest: await loadForest(database, models, { computations: true }),
      coverage: await coverageOf(database, productPredictors),
    });
    const { forest, coverage } = await readDatasets(database, project.graph, schemas, datasets, read);
    const predictors: PredictorFile['predictors'] = {};
    for await (const { name, fitted } of fitProduct(forest)) {
      predictors[name] = partsOf(fitted);
      terminal.status(`${name} fitted`);
    }
    return { predictors, coverage, fitted_on: fittedOn(forest) };
  } finally {
    database.close();
  }
}

/** The command that gives the same file again. */
export const commandOf = ({ config, live, set, output, name }: Args): string =>
  [
    `pipeline calibrate${live ? ' --live' : ''}`,
    word(config),
    ...set.flatMap((one) => ['--set', word(one)]),
    ...(name === undefined ? [] : ['--name', word(name)]),
    ...(output === undefined ? [] : ['--output', word(output)]),
  ].join(' ');

/** The wall-power law as an equation, from its parts. */
function lawLine({ law }: PredictorFile['predictors']): string {
  const { constants = {}, 'constants/sd': sd = {} } = law ?? {};
  const read = (of: Readonly<Record<string, number>>) => ({
    eta: of.eta,
    restW: of.rest_w,
    cpu: of.cpu_w_per_pct ?? null,
  });
  return equation({ ...read(constants), sd: read(sd), cpuTerm: 'cpu_w_per_pct' in constants ? 'cpu_w_per_pct' : null });
}

function lines({ bench, source, predictors, coverage }: PredictorFile): string {
  const counts = Object.entries(predictors).map(([name, parts = {}]) => [
    name,
    `${Object.values(parts).reduce((sum, terms) => sum + Object.keys(terms).length, 0)} numbers`,
    ...coverageCells(coverage.filter(({ predictor }) => predictor === name)),
  ]);
  return `${lawLine(predictors)} (${bench}: ${source})\n\n${alignColumns(counts)}`;
}

const coverageCells = (rows: readonly Coverage[]): string[] =>
  rows
    .filter(({ split }) => split === 'leave_model_out')
    .map(
      ({ level, empirical_pct, nominal_pct }) =>
        `${level}: ${empirical_pct.toFixed(0)} % in ${nominal_pct} % intervals`,
    );

/** What is said beside what was fitted, by those who measured the run first. */
export interface Beside {
  /** The command that gives the same file again. */
  readonly madeBy?: string;
  readonly text?: string;
  readonly document?: object;
}

export async function calibrateRun(
  args: Args,
  terminal: Terminal,
  { openRegistry }: Door,
  { madeBy = commandOf(args), text, document: beside }: Beside = {},
): Promise<void> {
  const config = configFile(args.config);
  const file = outputFile(args, 'predictors');
  const project = await openToRead(config, await openRegistry(), args.set);
  if (project.sourceProblem) terminal.warn(`whether this is fresh cannot be told: ${project.sourceProblem}`);
  const { source } = project.graph;
  const datasets = await datasetsToRead(project, config, terminal);
  const fitted = await fitAll(project, datasets, terminal);
  if (fitted.coverage.length === 0) {
    terminal.warn(`no coverage of intervals is known: run ${project.graph.run} has no held-out predictions of these predictors`); // prettier-ignore
  }
  const document: PredictorFile = {
    bench: args.name ?? specificationOf(source).name,
    source: source.label,
    made_by: madeBy,
    fitted_on: fitted.fitted_on,
    coverage: fitted.coverage,
    predictors: fitted.predictors,
  };
  if (file) writeOutput(file, predictorFileText(document), args.force);
  terminal.print(lines(document));
  if (text !== undefined) terminal.print(`\n${text}`);
  terminal.document({ bench: document, file, ...beside });
  terminal.say(
    file
      ? `${file}: use it with pipeline predict MODEL --on ${args.output ?? basename(file, extname(file))}`
      : 'nothing is written: --output FILE.yaml or --name NAME does',
  );
}
