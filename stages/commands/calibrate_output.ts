/** Where a calibration is written: whole or not at all, and never over something else unasked. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../pipeline/errors.js';
import { writeUserFile } from '../../pipeline/store/atomic.js';

export interface OutputArgs {
  readonly name?: string;
  readonly output?: string;
  readonly force: boolean;
}

/** The file to write; null where none was asked for. Throws a UsageError where it cannot be. */
export function outputFile({ name, output }: OutputArgs, folder: 'benches' | 'predictors'): string | null {
  if (name !== undefined && !/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new UsageError(`--name ${name}: expected letters, digits, "-", "_" and ".", like our-box`);
  }
  const file = output ?? (name === undefined ? null : join('data', folder, `${name}.yaml`));
  if (file === null) return null;
  if (!/\.ya?ml$/.test(file)) throw new UsageError(`--output ${file}: expected a name that ends in .yaml`);
  if (output !== undefined && !existsSync(dirname(file)))
    throw new UsageError(`--output ${file}: there is no folder ${dirname(file)}`);
  if (existsSync(file) && statSync(file).isDirectory()) throw new UsageError(`--output ${file}: that is a folder`);
  return file;
}

/** Writes the text. Throws a UsageError where there is something else and `force` is not given. */
export function writeOutput(file: string, text: string, force: boolean): void {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (same) return;
  if (existsSync(file) && !force) throw new UsageError(`${file} is there with other content`, '--force writes over it');
  writeUserFile(file, text);
}
