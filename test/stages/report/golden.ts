/** Text held against a file below test/golden; a missing file is made, but never in CI. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';

export function golden(name: string, text: string): void {
  const path = join(packageRoot, 'test', 'golden', name);
  if (!existsSync(path)) {
    if (process.env.CI)
      throw new Error(`test/golden/${name} is missing: run the test once locally and commit the file`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.fixture(text, readFileSync(path, 'utf8'), `test/golden/${name}`);
}
