/** `pipeline calibrate CONFIG`: every predictor of the product, fitted on a measured run with nothing held out. */
import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Door } from '../../pipeline/cli/command.js';
import { datasetsOf, readDatasets, schemasOf, warningsOf, type Dataset } from '../../pipeline/cli/datasets.js';
import { Database } from '../../pipeline/database.js';
import { UnavailableError } from '../../pipeline/errors.js';
import { openToRead, type ProjectToRead } from '../../pipeline/project.js';
import { toRows } from '../../pipeline/rows.js';
import type { Terminal } from '../../pipeline/terminal.js';
import { word } from '../../pipeline/shell_word.js';
import { specificationOf } from '../energy/benches/machine.js';
import { coverageOf } from '../energy/calibration/coverage.js';
import { fitProduct, productOf, productPredictors } from '../energy/calibration/fit_product.js';
import { modelsLeftOut, type ModelsLeftOut } from '../energy/calibration/models_left_out.js';
import type { Forest } from '../energy/predictors/forest.js';
import { loadForest } from '../energy/predictors/load_forest.js';
import type { PredictedEnergy } from '../energy/predictors/predicted_energy.js';
import { partsOf, predictorFileText, type PredictorFile } from '../energy/predictors/predictor_file.js';
import type { CalibrateArgs } from './calibrate.js';
import { calibrationLines } from './calibrate_run_lines.js';
import { keptBackLines } from './kept_back_lines.js';
import { outputFile, writeOutput } from './calibrate_output.js';

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

/** What was measured: the wall's joules, else the GPU's. Throws an UnavailableError where neither was. */
async function measuredEnergy(database: Database, run: string): Promise<PredictedEnergy> {
  const [{ wall, gpu }] = toRows(
    await database.query('SELECT count(wall_j) AS wall, count(gpu_j) AS gpu FROM features'),
  );
  if (Number(wall) > 0) return 'wall_j';
  if (Number(gpu) > 0) return 'gpu_j';
  throw new UnavailableError(`run ${run} has no joules, neither the wall's nor a GPU's: nothing can be fitted`);
}

interface FittedRun extends Pick<PredictorFile, 'energy' | 'fitted_on' | 'coverage' | 'predictors'> {
  /** Where the run itself evaluates nothing, having no wall joules. */
  readonly leftOut: ModelsLeftOut | null;
}

async function fitAll(project: ProjectToRead, datasets: readonly Dataset[], terminal: Terminal): Promise<FittedRun> {
  const { graph, registry } = project;
  const database = await Database.open();
  try {
    const models = datasets[0].files.map(({ partition }) => partition.model);
    const read = async () => {
      const energy = await measuredEnergy(database, graph.run);
      const forest = await loadForest(database, models, { computations: true, energy });
      return { energy, forest, evaluated: await coverageOf(database, productPredictors) };
    };
    const { energy, forest, evaluated } = await readDatasets(database, graph, schemasOf(registry), datasets, read);
    const names = productOf(forest, energy);
    const predictors: PredictorFile['predictors'] = {};
    for await (const { name, fitted } of fitProduct(forest, names)) {
      predictors[name] = partsOf(fitted);
      terminal.status(`${name} fitted`);
    }
    const fitted = { predictors, fitted_on: fittedOn(forest) };
    if (energy === 'wall_j') return { ...fitted, coverage: evaluated, leftOut: null };
    const leftOut = await modelsLeftOut(forest, names);
    return { ...fitted, energy, coverage: [...leftOut.coverage], leftOut };
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

/** What is said beside what was fitted, by those who measured the run first. */
export interface Beside {
  /** The command that gives the same file again. */
  readonly madeBy?: string;
  readonly text?: string;
  readonly document?: object;
}

function whyUncovered(leftOut: ModelsLeftOut | null, run: string): string {
  if (!leftOut) return `run ${run} has no held-out predictions of these predictors`;
  return leftOut.errors.length === 0
    ? `run ${run} is of one model, and none can be kept back`
    : `run ${run} has too few models: beside one that is kept back, two or more give intervals`;
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
  const { leftOut, ...fitted } = await fitAll(project, datasets, terminal);
  if (fitted.coverage.length === 0)
    terminal.warn(`no coverage of intervals is known: ${whyUncovered(leftOut, project.graph.run)}`);
  const document: PredictorFile = {
    bench: args.name ?? specificationOf(source).name,
    source: source.label,
    ...(fitted.energy && { energy: fitted.energy }),
    made_by: madeBy,
    fitted_on: fitted.fitted_on,
    coverage: fitted.coverage,
    predictors: fitted.predictors,
  };
  if (file) writeOutput(file, predictorFileText(document), args.force);
  terminal.print(calibrationLines(document));
  // A run without wall joules evaluates nothing: what it would have told beside is empty.
  const said = leftOut ? keptBackLines(leftOut.errors) : text;
  if (said) terminal.print(`\n${said}`);
  terminal.document({ bench: document, file, ...beside, ...(leftOut && { kept_back: leftOut.errors }) });
  terminal.say(
    file
      ? `${file}: use it with pipeline predict MODEL --on ${args.output ?? basename(file, extname(file))}`
      : 'nothing is written: --output FILE.yaml or --name NAME does',
  );
}
