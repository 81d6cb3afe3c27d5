/**
 * What the report predicts by: the predictors of PC1 that the package ships, fitted on all of the published models, and
 * the package's own model configurations. A run's own fits each leave a model out, for their errors' sake; what nobody
 * measured is best predicted from all that was.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import type { FittedBench } from '../energy/prediction/fitted_bench.js';
import type { PredictedTree } from '../energy/prediction/predict_model.js';
import type { Library } from '../energy/tree/library.js';
import type { ReportContext } from './output.js';

/** Relative to the package. */
const predictorsFile = join('data', 'predictors', 'pc1.yaml');
const modelsFolder = join('data', 'models');

export async function shippedLibrary(): Promise<Library> {
  const { Library } = await import('../energy/tree/library.js');
  return new Library([join(packageRoot, modelsFolder)]);
}

/** The files, relative to the package, that a prediction of some models of one family rests on. */
export const shippedFiles = (family: string, models: readonly string[]): string[] => [
  ...(existsSync(join(packageRoot, predictorsFile)) ? [predictorsFile] : []),
  join(modelsFolder, 'families', `${family}.yaml`),
  ...models.map((model) => join(modelsFolder, 'configurations', `${model.replaceAll('/', '--')}.yaml`)),
];

/** Null where the package has no predictors, or not the one that goes by specifications. */
export async function shippedBench(): Promise<FittedBench | null> {
  const path = join(packageRoot, predictorsFile);
  if (!existsSync(path)) return null;
  const [{ fittedBench }, { readPredictorFile }] = await Promise.all([
    import('../energy/prediction/fitted_bench.js'),
    import('../energy/predictors/predictor_file.js'),
  ]);
  const bench = fittedBench('PC1', readPredictorFile(path));
  return bench.predictors.includes('planned') ? bench : null;
}

/** The bench of a run whose machine is PC1; null with the reason, in words, where nothing can be predicted. */
export async function benchFor({ machine }: ReportContext): Promise<FittedBench | string> {
  if (machine !== 'PC1') return 'None of ours: predictors are shipped for PC1, and this run is of another machine.';
  return (await shippedBench()) ?? `None of ours: ${predictorsFile} is not there, or cannot go by specifications.`;
}

/** Setting, predictor and what it was fitted on, in one sentence for a note. */
export const rests = ({ setting, predictor, source }: PredictedTree): string =>
  `Ours are predicted in the setting ${setting} (S3: the specification of these models alone) by ${predictor} as shipped in ${predictorsFile}, fitted on all models of PC1 (${source}), not by this run’s fits, each of which leaves a model out.`;
