/** The Python that has PyTorch, and how the programs of native/torch are started with it. */
import { existsSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { UnavailableError } from '../../pipeline/errors.js';
import { packageRoot } from '../../pipeline/paths.js';

const folder = join(packageRoot, 'native', 'torch');

/** The program that installs PyTorch, as it is called from here: the package may lie in somebody's node_modules. */
const install = join(relative('.', folder).startsWith('..') ? folder : relative('.', folder), 'install');

/** What to do where PyTorch is not there. */
export const torchHint = `run ${install}, or name a Python that has PyTorch in IRENE_PYTHON`;

/** IRENE_PYTHON, else what native/torch/install made. Throws an UnavailableError where there is neither. */
export function torchPython(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.IRENE_PYTHON;
  if (named) {
    if (existsSync(named)) return named;
    throw new UnavailableError(`IRENE_PYTHON names ${named}, which is not there`, torchHint);
  }
  const installed = join(folder, '.venv', 'bin', 'python');
  if (existsSync(installed)) return installed;
  throw new UnavailableError('PyTorch is not installed', torchHint);
}

/** The environment in which `-m irene_torch.…` is found. */
export const torchEnvironment = (environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...environment,
  PYTHONPATH: [folder, environment.PYTHONPATH].filter(Boolean).join(delimiter),
  PYTHONUNBUFFERED: '1',
});
