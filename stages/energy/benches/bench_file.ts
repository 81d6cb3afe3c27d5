/**
 * A bench by name or file, with the predictors that were fitted on it: what `predict --on` is given. The description is
 * a YAML file in data/benches/, of the working directory or the package's; its key `predictors` names a file in
 * data/predictors/ or holds what stands in such a file (as `calibrate --from` writes it). A file of predictors alone
 * (as `calibrate CONFIG` writes it) is a bench too.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { nearest } from '../../../pipeline/config/nearest.js';
import { UnavailableError, UsageError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { predictorFileSchema, readPredictorFile, type PredictorFile } from '../predictors/predictor_file.js';

const named = z.looseObject({ name: z.string() });

/** What every description of a bench may have; a machine that runs are measured on has more (machine.ts). */
export const benchSchema = z.looseObject({
  name: z.string(),
  /** What the measurements are, if not measured: `simulated`. */
  label: z.string().optional(),
  device: z.string().optional(),
  cpu: named.optional(),
  gpu: named.optional(),
  meter: named.optional(),
  predictors: z.union([z.string(), predictorFileSchema]).optional(),
});

export type BenchDescription = z.infer<typeof benchSchema>;

export interface Bench {
  readonly name: string;
  /** The file that describes it. */
  readonly file: string;
  /** Where its measurements come from, as printed; null where it has no predictors. */
  readonly source: string | null;
  /** Null where none were fitted. */
  readonly predictors: PredictorFile | null;
}

/** A bench that something can be predicted on. */
export type CalibratedBench = Bench & { readonly source: string; readonly predictors: PredictorFile };

/** Folders of facts of one kind: one's own before the package's. */
function places(kind: 'benches' | 'predictors'): string[] {
  return [...new Set([join('data', kind), join(packageRoot, 'data', kind)])].filter((folder) => existsSync(folder));
}

function namesIn(kind: 'benches' | 'predictors'): string[] {
  const files = places(kind).flatMap((folder) => readdirSync(folder));
  const sorted = files.filter((file) => file.endsWith('.yaml')).sort();
  return [...new Set(sorted.map((file) => basename(file, '.yaml')))];
}

/** The names of all benches that are described, sorted by file. */
export const benchNames = (): string[] => namesIn('benches');

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** A name, not a path, that a folder of facts has. */
const findNamed = (kind: 'benches' | 'predictors', name: string): string | undefined =>
  places(kind)
    .map((folder) => join(folder, `${name}.yaml`))
    .find(isFile);

/** The file of a bench, described or only by its predictors. Throws a UsageError with the nearest name where there is none. */
export function findBench(nameOrFile: string): string {
  const named = findNamed('benches', nameOrFile) ?? findNamed('predictors', nameOrFile);
  const found = named ?? (isFile(nameOrFile) ? nameOrFile : undefined);
  if (found) return found;
  if (/[/\\]|\.ya?ml$/.test(nameOrFile)) throw new UsageError(`${nameOrFile}: there is no such file of a bench`);
  const known = [...benchNames(), ...namesIn('predictors')];
  const near = nearest(nameOrFile, known);
  throw new UsageError(
    `there is no bench ${nameOrFile}: ${near ? `did you mean ${near}?` : `there are ${benchNames().join(', ')}`}`,
    'a bench of your own: pipeline calibrate, then its file',
  );
}

/** The file of the predictors that a bench names; null where it names none, or they are not there. */
export const predictorsFile = ({ predictors }: BenchDescription): string | null =>
  typeof predictors === 'string' ? (findNamed('predictors', predictors) ?? null) : null;

/**
 * A bench with its predictors, if it has any. Throws a UsageError where there is no such bench or its file is wrong, an
 * UnavailableError where it names predictors that are not there.
 */
export function readBench(nameOrFile: string): Bench {
  const file = findBench(nameOrFile);
  const { bench } = readYaml(file, z.looseObject({ bench: z.string().optional() }));
  if (bench !== undefined) {
    const predictors = readPredictorFile(file);
    return { name: bench, file, source: predictors.source, predictors };
  }
  const description = readYaml(file, benchSchema);
  const { name, predictors: given } = description;
  const own = predictorsFile(description);
  if (typeof given === 'string' && !own) {
    throw new UnavailableError(
      `${file}: the predictors ${given} that it names are not there: expected data/predictors/${given}.yaml`,
      `make them from a measured run: pipeline calibrate CONFIG --output data/predictors/${given}.yaml`,
    );
  }
  const predictors = own ? readPredictorFile(own) : typeof given === 'object' ? given : null;
  return { name, file, source: predictors?.source ?? null, predictors };
}

/**
 * The same, with predictors for sure: an UnavailableError says how to get them. A UsageError where they are of GPU joules
 * and `allowed` is not 'any': whoever sets benches or changes side by side does so at the wall.
 */
export function readCalibratedBench(nameOrFile: string, allowed: 'wall' | 'any' = 'wall'): CalibratedBench {
  const bench = readBench(nameOrFile);
  const { source, predictors } = bench;
  if (allowed === 'wall' && predictors?.energy === 'gpu_j') {
    throw new UsageError(
      `bench ${bench.name} has no meter: its joules are the GPU's alone, not the wall's, and here the wall's are wanted`,
      'pipeline predict tells GPU joules, labelled so; a metered bench tells the wall’s',
    );
  }
  if (predictors && source !== null) return { ...bench, source, predictors };
  throw new UnavailableError(
    `bench ${bench.name} has no predictors: nothing was fitted on it (${bench.file})`,
    'fit some: pipeline calibrate --from FILE --map wall_j=…,gpu_j=…,time_s=…, or pipeline calibrate CONFIG of a run',
  );
}
