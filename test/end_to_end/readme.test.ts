/**
 * README's promises: every command it quotes is run as written, in order, in one folder, and what it shows as output is
 * what comes out. In a ```console block a line that begins with `$ ` is a command; the lines after it are its output,
 * in which `…` stands for anything. `npm ci` and `npm test` are what .ci/run itself runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { $ } from 'zx';
import { packageRoot } from '../../pipeline/paths.js';
import { needs } from '../needs.js';
import { workFolder } from './program.js';

interface Quoted {
  readonly command: string;
  readonly output: string;
}

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

function quoted(): Quoted[] {
  const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return { command: part.slice(0, end).trim(), output: part.slice(end + 1).trim() };
      }),
  );
}

/** Runs a line as a shell would, `npx pipeline` being the program just built. */
async function shell(command: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const line = command.replaceAll('npx pipeline', `node ${JSON.stringify(join(packageRoot, 'dist/pipeline/main.js'))}`);
  const env = { ...process.env, NO_COLOR: '1' };
  const { exitCode, stdout } = await $({ cwd, env, nothrow: true, quiet: true })`bash -c ${`exec 2>&1; ${line}`}`;
  return { code: exitCode, output: stdout.trim() };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Line by line; spaces at the ends of lines do not count. */
function assertOutput(found: string, expected: string, command: string): void {
  const tidy = (text: string) => text.replace(/[ \t]+$/gm, '');
  const pattern = new RegExp(`^${tidy(expected).split('…').map(escape).join('[\\s\\S]*?')}$`);
  assert.ok(pattern.test(tidy(found)), `$ ${command}\nREADME has\n${expected}\nand it prints\n${found}`);
}

const ciOnly = ['npm ci', 'npm test'];
/** What a command about the paper's run prints holds for the published measurements alone. */
const ofPublished = /\b(configs|reports)\/pc1\b/;
const published = needs('published');
const folder = workFolder();

for (const { command, output } of quoted()) {
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
