/**
 * `npm run torture [-- PART …] [-- --seed N]`: everything of which `npm test` runs a seeded sample. Takes long. Prints
 * a Markdown table of what was tried and what went wrong, and ends with 1 where anything did.
 */
import { parseArgs } from 'node:util';
import { nearest } from '../pipeline/config/nearest.js';
import { corruption, keptFiles } from './corruption/torture.js';
import { exports, limits, meeting, moments, operations, outputs } from './crash/torture.js';
import { fuzzing } from './fuzz/torture.js';
import { cluster } from './slurm/torture.js';
import { tortureTable, type TorturePart, type TortureRow } from './torture_part.js';

/** In the order in which they run. */
const parts: readonly TorturePart[] = [
  operations,
  outputs,
  exports,
  limits,
  moments,
  meeting,
  corruption,
  keptFiles,
  cluster,
  fuzzing,
];

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const names = parts.map(({ name }) => name);
for (const name of positionals.filter((one) => !names.includes(one))) {
  console.error(`no part "${name}": did you mean ${nearest(name, names)}? There are ${names.join(', ')}`);
  process.exit(2);
}

const seed = Number(values.seed);
const rows: TortureRow[] = [];
for (const part of parts.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const started = performance.now();
  const found = await part.run(seed, (text) => console.error(`${part.name}: ${text}`));
  rows.push(...found);
  // Told at once: whoever stops it has what was found so far.
  console.error(`${part.name}: ${Math.round((performance.now() - started) / 1000)} s\n\n${tortureTable(found)}\n`);
}
console.log(`seed ${seed}\n\n${tortureTable(rows)}`);
process.exit(rows.some(({ wrong }) => wrong.length > 0) ? 1 : 0);
