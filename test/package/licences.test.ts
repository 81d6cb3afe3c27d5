/** LICENSES.md says what npm installs with the package, as it is now. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isPermissive, licencesText, packages } from '../../build/licence_list.js';
import { packageRoot } from '../../pipeline/paths.js';

process.chdir(packageRoot);

test('the list is current: npm run licences', () => {
  assert.fixture(readFileSync('LICENSES.md', 'utf8'), licencesText());
});

test('every licence is known and permissive', () => {
  const all = packages();
  assert.ok(all.length > 100);
  assert.equal(all.filter((one) => !isPermissive(one)), []); // prettier-ignore
});

test('a licence that asks for more is noticed', () => {
  const one = { path: 'a', version: '1.0.0', optional: false };
  for (const licence of ['GPL-3.0', 'MIT AND GPL-2.0', 'unknown', 'UNLICENSED']) assert.not.ok(isPermissive({ ...one, licence }), licence); // prettier-ignore
});

test('what is installed says the same as the lockfile', () => {
  for (const { path, version, licence, optional } of packages()) {
    const file = join('node_modules', path, 'package.json');
    assert.ok(optional || existsSync(file), `${path} is not installed`);
    if (!existsSync(file)) continue;
    const found = JSON.parse(readFileSync(file, 'utf8')) as { version: string; license?: string };
    assert.equal([found.version, found.license], [version, licence], path);
  }
});

test.run();
