/**
 * Commands that a document quotes. In a ```console block a line that begins with `$ ` is a command; the lines after it are
 * its output, in which `…` stands for anything.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { $ } from 'zx';
import { packageRoot } from '../../pipeline/paths.js';

export interface Quoted {
  readonly command: string;
  readonly output: string;
}

/** The commands of a document of the project, in order. */
export function quotedIn(document: string): Quoted[] {
  const text = readFileSync(join(packageRoot, document), 'utf8');
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
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
export async function shell(command: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const line = command.replaceAll('npx pipeline', `node ${JSON.stringify(join(packageRoot, 'dist/pipeline/main.js'))}`);
  const env = { ...process.env, NO_COLOR: '1' };
  const { exitCode, stdout } = await $({ cwd, env, nothrow: true, quiet: true })`bash -c ${`exec 2>&1; ${line}`}`;
  return { code: exitCode, output: stdout.trim() };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Line by line; spaces at the ends of lines do not count. */
export function assertOutput(found: string, expected: string, command: string): void {
  const tidy = (text: string) => text.replace(/[ \t]+$/gm, '');
  const pattern = new RegExp(`^${tidy(expected).split('…').map(escape).join('[\\s\\S]*?')}$`);
  assert.ok(pattern.test(tidy(found)), `$ ${command}\nit is written\n${expected}\nand it prints\n${found}`);
}
