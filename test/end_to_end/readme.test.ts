/**
 * README's promises: every command it quotes is run as written, in order, in one folder, and what it shows as output is
 * what comes out. `npm ci` and `npm test` are what .ci/run itself runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import { needs } from '../needs.js';
import { workFolder } from './program.js';
import { assertOutput, quotedIn, shell } from './quoted.js';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

const ciOnly = ['npm ci', 'npm test'];
/** What a command about the paper's run prints holds for the published measurements alone. */
const ofPublished = /\b(configs|reports)\/pc1\b/;
const published = needs('published');
const folder = workFolder();

for (const { command, output } of quotedIn('README.md')) {
  if (ciOnly.every((part) => !command.includes(part))) {
    test(`$ ${command}`, async () => {
      const ran = await shell(command, folder);
      assert.is(ran.code, 0, ran.output);
      if (output && (published || !ofPublished.test(command))) assertOutput(ran.output, output, command);
    });
  }
}

test('the two commands of the README are what .ci/run runs', () => {
  const ci = readFileSync(join(packageRoot, '.ci', 'run'), 'utf8');
  for (const command of ciOnly) assert.match(ci, new RegExp(`^${command}$`, 'm'));
  assert.match(readme, 'npm ci && npx pipeline run configs/pc1.yaml');
  assert.match(readme, 'npm ci && npm test');
});

test('every file and picture that the documents name is there', async () => {
  const { existsSync } = await import('node:fs');
  for (const name of ['README.md', 'CONTRIBUTING.md']) {
    const text = readFileSync(join(packageRoot, name), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      assert.ok(existsSync(join(packageRoot, target)), `${name} links to ${target}`);
    }
    for (const [, path] of text.matchAll(/`((?:pipeline|stages|data|configs|test|bench)\/[\w./-]*)`/g)) {
      const made = path.startsWith('data/runs');
      assert.ok(made || existsSync(join(packageRoot, path)), `${name} names ${path}`);
    }
  }
});

test.run();
