/**
 * What a test needs beyond npm. Where it is absent the test's file is listed by name as not run, with the command that
 * installs it; under `CI=true` its absence fails (test/run.ts reads these lines).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';

const places = {
  published: {
    paths: [process.env.IRENE_DATASET ?? '', join(packageRoot, '..', 'shared', 'irene-dataset')],
    install: 'put the published files into ../shared/irene-dataset or name their folder in IRENE_DATASET',
  },
  chromium: {
    paths: [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'],
    install: 'apt-get install chromium',
  },
} as const;

/** The first line a test file prints when it cannot run; the rest is the name and the command. */
export const notRun = 'NOT RUN';

/** The path of what is needed, or null after saying that the tests which need it were not run. */
export function needs(what: keyof typeof places): string | null {
  const found = places[what].paths.find((path) => path && existsSync(path));
  if (found) return found;
  console.log(`${notRun} ${what}: ${places[what].install}`);
  return null;
}
