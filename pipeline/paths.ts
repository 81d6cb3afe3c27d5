/** Where things lie: facts that ship with the package below its root, what a run makes below the working directory. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

/** The folder of package.json: holds `data/`, `configs/` and `dist/`. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

export const runFolder = (run: string): string => join('data', 'runs', run);
export const reportFolder = (run: string): string => join('reports', run);
