/** Accuracies of models from a CSV file: columns `model` and `accuracy_pct`, and `source` where it is known. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { Csv } from '../benches/csv.js';

export interface Accuracy {
  readonly accuracyPct: number;
  /** Where it was published; null where the file does not say. */
  readonly source: string | null;
}

/** A shipped file, relative to the package: `sst2` is data/accuracy/sst2.csv. */
export const accuracyFile = (name: string): string => join('data', 'accuracy', `${name}.csv`);

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

function find(nameOrFile: string): string {
  const named = join(packageRoot, accuracyFile(nameOrFile));
  const found = [nameOrFile, ...(/[/\\]/.test(nameOrFile) ? [] : [named])].find(isFile);
  if (found) return found;
  throw new UsageError(
    `${nameOrFile}: there is no such file of accuracies`,
    'expected a CSV file with the columns model,accuracy_pct, or a name of data/accuracy/ like sst2',
  );
}

/**
 * By model, in the order of the file. Throws a UsageError where there is no file, one model has two accuracies or one is
 * no percentage, an UnavailableError where the file has not these columns.
 */
export async function readAccuracies(nameOrFile: string): Promise<ReadonlyMap<string, Accuracy>> {
  const file = find(nameOrFile);
  const csv = await Csv.read(file, ['model', 'accuracy_pct']);
  const accuracies = new Map<string, Accuracy>();
  for (const row of csv.rows()) {
    const model = row.text('model');
    const accuracyPct = row.number('accuracy_pct', 'not negative');
    if (accuracyPct > 100) row.fail('accuracy_pct', 'a percentage, 0 to 100');
    if (accuracies.has(model)) throw new UsageError(`${file}:${row.line}: a second accuracy of ${model}`);
    accuracies.set(model, { accuracyPct, source: csv.columns.has('source') ? row.text('source') : null });
  }
  return accuracies;
}

/** Throws a UsageError where a file has no accuracy of any of the models. */
export function checkAccuracies(
  file: string,
  accuracies: ReadonlyMap<string, Accuracy>,
  models: readonly string[],
): void {
  if (models.some((model) => accuracies.has(model))) return;
  const near = nearest(models[0], [...accuracies.keys()]);
  throw new UsageError(
    `${file}: it has no accuracy of ${models.join(', ')}`,
    near ? `nearest: ${near}` : `it has ${[...accuracies.keys()].join(', ')}`,
  );
}
