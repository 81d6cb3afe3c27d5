/** The Python that this project is measured beside is held to what native/torch is: typed and formatted. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import { needs } from '../needs.js';

const python = needs('torch');
const cwd = join(packageRoot, 'bench', 'peers');

/** Neither takes this long. */
const limit_ms = 300_000;

if (python) {
  for (const [what, ...command] of [
    ['peers are typed', 'mypy', '.'],
    ['peers are formatted', 'black', '--check', '.'],
  ]) {
    test(what, () => {
      const { status, stdout, stderr } = spawnSync(python, ['-m', ...command], { cwd, encoding: 'utf8', timeout: limit_ms }); // prettier-ignore
      assert.is(status, 0, stdout + stderr);
    });
  }
}

test.run();
