/**
 * `npm run bench` measures this project beside its peers and prints Markdown, which CONTRIBUTING quotes; names pick
 * benchmarks (`npm run bench -- align`), `--output FILE` keeps the text. Nothing in the tests times anything.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../pipeline/paths.js';
import type { Bench } from './bench.js';
import { hasPeers } from './command.js';
import { benches } from './list.js';
import { machine } from './machine.js';
import { markdown } from './markdown.js';

/** Kept from run to run: the logs of fifty campaigns take minutes to make. */
const folder = join(packageRoot, 'bench', '.data');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { output: { type: 'string' } } });
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`error: no benchmark ${unknown.join(', ')}; there are:`);
  for (const { name, about } of benches) console.error(`  ${name.padEnd(10)} ${about}`);
  process.exit(2);
}

const say = (line: string): void => console.error(line);

async function textOf(bench: Bench): Promise<string> {
  if (bench.peers && !hasPeers())
    return `**${bench.name}** was not run: bench/install makes what it is measured beside.\n`;
  const own = join(folder, bench.name);
  mkdirSync(own, { recursive: true });
  const started = performance.now();
  const section = await bench.run({ folder: own, say: (line) => say(`${bench.name}: ${line}`) });
  say(`${bench.name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return markdown(section);
}

const texts = [`${machine()}\n`];
for (const bench of benches) {
  if (positionals.length === 0 || positionals.includes(bench.name)) texts.push(await textOf(bench));
}
const text = texts.join('\n');
console.log(text);
if (values.output) writeFileSync(resolve(values.output), text);
