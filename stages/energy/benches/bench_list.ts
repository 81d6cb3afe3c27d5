/** What `list benches` tells: every bench that is described in data/benches/. */
import { basename } from 'node:path';
import { readYaml } from '../../../pipeline/yaml.js';
import { readPredictorFile } from '../predictors/predictor_file.js';
import { benchNames, benchSchema, findBench, predictorsFile, type BenchDescription } from './bench_file.js';

export interface BenchSummary {
  readonly bench: string;
  /** `measured`, or `simulated` for a twin. */
  readonly kind: string;
  readonly device: string | null;
  readonly cpu: string | null;
  readonly gpu: string | null;
  readonly meter: string | null;
  /** Fitted on it: `predict --on` can use it. */
  readonly predictors: string | null;
}

/** The names of a bench's predictors, or null where there are none. */
function predictorsOf(description: BenchDescription): string | null {
  const own = predictorsFile(description);
  const fitted = own ? readPredictorFile(own) : description.predictors;
  if (typeof fitted !== 'object') return null;
  return Object.keys(fitted.predictors).join(', ') + (fitted.energy === 'gpu_j' ? ' (GPU alone)' : '');
}

/** All benches of the working directory and the package, sorted by name. Throws a UsageError where a file is wrong. */
export function benchList(): BenchSummary[] {
  return benchNames().map((name) => {
    const file = findBench(name);
    const description = readYaml(file, benchSchema);
    const { label, device, cpu, gpu, meter } = description;
    return {
      bench: basename(file, '.yaml'),
      kind: label ?? 'measured',
      device: device ?? null,
      cpu: cpu?.name ?? null,
      gpu: gpu?.name ?? null,
      meter: meter?.name ?? null,
      predictors: predictorsOf(description),
    };
  });
}
