/**
 * Every configuration of test/input/configurations is wrong in its own way: the message is that of
 * test/output/configurations. A missing expectation is written, but never in CI.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfiguration } from '../../../pipeline/config/configuration.js';
import { UsageError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { openRegistry } from '../../../pipeline/registry.js';

const input = join('test', 'input', 'configurations');
const output = join('test', 'output', 'configurations');

process.chdir(packageRoot);
const registry = await openRegistry();

/** What the program says of a configuration. */
function messageOf(file: string): string {
  try {
    loadConfiguration(file, registry);
  } catch (error) {
    assert.instance(error, UsageError);
    return `${(error as UsageError).message}\n`;
  }
  throw new Error(`${file} is accepted`);
}

for (const file of readdirSync(input).sort()) {
  test(file, () => {
    const message = messageOf(join(input, file));
    const expected = join(output, `${basename(file, '.yaml')}.txt`);
    if (!existsSync(expected)) {
      assert.is.not(process.env.CI, 'true', `${expected} is missing: run the test once locally and commit the file`);
      mkdirSync(output, { recursive: true });
      writeFileSync(expected, message);
    }
    assert.fixture(message, readFileSync(expected, 'utf8'));
  });
}

test('no expectation is left of a configuration that is no more', () => {
  const names = readdirSync(input).map((file) => basename(file, '.yaml'));
  assert.equal(
    readdirSync(output)
      .map((file) => basename(file, '.txt'))
      .sort(),
    names.sort(),
  );
});

test('the shipped configurations are accepted', () => {
  for (const file of readdirSync('configs')) loadConfiguration(join('configs', file), registry);
});

test.run();
