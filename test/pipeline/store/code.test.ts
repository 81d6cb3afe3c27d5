/** The hash of a stage's code sees every module and asset that the stage reaches, and nothing else. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freshFolder } from '../folder.js';

const code = new URL('../../../pipeline/store/code.js', import.meta.url).href;

/** The hash in a process of its own: within one the code does not change. */
function codeHash(): string {
  const script = `
    import { pathToFileURL } from 'node:url';
    const { codeHash } = await import(${JSON.stringify(code)});
    console.log(await codeHash(pathToFileURL('stage.js')));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.is(stderr, '');
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
  return stdout;
}

test.before(() => {
  freshFolder();
  mkdirSync('part');
  writeFileSync(
    'stage.js',
    "import { z } from 'zod';\nimport './part/first.js';\nexport const run = () => import('./run.js');\n",
  );
  writeFileSync(
    'run.js',
    "export { x } from './part/second.js';\nconst sql = new URL('./part/query.sql', import.meta.url);\n",
  );
  writeFileSync('part/first.js', "import '../run.js';\n");
  writeFileSync('part/second.js', 'export const x = 1;\n');
  writeFileSync('part/query.sql', 'SELECT 1');
  writeFileSync('part/beside.js', 'export const y = 1;\n');
});

test('the same code has the same hash, and what it does not reach is no part of it', () => {
  const before = codeHash();
  writeFileSync('part/beside.js', 'export const y = 2;\n');
  assert.is(codeHash(), before);
});

const changes: Readonly<Record<string, string>> = {
  'a module that is imported': 'part/first.js',
  'a module that is imported when it runs, from another one': 'part/second.js',
  'an asset': 'part/query.sql',
};

for (const [what, file] of Object.entries(changes)) {
  test(`${what} changes it`, () => {
    const before = codeHash();
    writeFileSync(file, `${file.endsWith('.sql') ? '--' : '//'} changed\n`);
    assert.is.not(codeHash(), before);
  });
}

test.run();
