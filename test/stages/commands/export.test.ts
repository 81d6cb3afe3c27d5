/** `pipeline export`: deterministic bytes, verified, whole or not at all. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from './run_program.js';

process.chdir(mkdtempSync(join(tmpdir(), 'export-')));

const configuration = `run: small
bench: { source: [twin] }
trace: { models: [distilgpt2, gpt2], batch_sizes: [8], lengths: [32] }
profile: { round: 20 s, rounds: 3, instruments: ideal }
`;
writeFileSync('small.yaml', configuration);

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

test('a run that is not up to date is not exported, and nothing is left', async () => {
  const { code, stderr } = await runProgram('export', 'small.yaml');
  assert.is(code, 4);
  assert.match(stderr, /run small is not up to date: .*\n.*pipeline run small\.yaml.*--stage align/);
  assert.not.ok(existsSync('small-export'));
});

test('logs and tables up to a stage, with the SHA-256 of every file', async () => {
  const run = await runProgram('run', 'small.yaml', '--stage', 'align', '--quiet');
  assert.is(run.code, 0, run.stderr);
  const { code, stdout, stderr } = await runProgram('export', 'small.yaml', '--stage', 'align');
  assert.is(code, 0, stderr);
  assert.match(stdout, /^small-export: \d+ files, .* \(simulated\)$/m);
  const files = filesIn('small-export');
  const sums = readFileSync('small-export/SHA256SUMS', 'utf8').trimEnd().split('\n');
  assert.equal(
    sums,
    files.filter((path) => path !== 'SHA256SUMS').map((path) => `${sha256(join('small-export', path))}  ${path}`),
  );
  for (const path of [
    'data/profile/power/distilgpt2.parquet',
    'data/align/measurements/distilgpt2.parquet',
    'inputs/models/configurations/distilgpt2.yaml',
    'inputs/bench.yaml',
  ]) {
    assert.ok(files.includes(path), path);
  }
  assert.not.ok(files.some((path) => path.startsWith('data/train')));
  assert.is(readFileSync('small-export/configuration.yaml', 'utf8'), configuration);
});

test('the description says what it is, with what it was measured, and what was not stated', () => {
  const text = readFileSync('small-export/README.md', 'utf8');
  assert.match(text, 'Where the measurements come from: **simulated**.');
  assert.match(text, '| meter | emonPi |');
  assert.match(text, '| meter_range_a | not stated |');
  assert.match(text, '| `data/profile/power/` | 2 |');
  assert.not.match(text, process.cwd());
  const { resources } = JSON.parse(readFileSync('small-export/datapackage.json', 'utf8')) as { resources: { name: string; path: string[]; schema: { fields: { name: string; unit?: string }[] } }[] }; // prettier-ignore
  const power = resources.find(({ name }) => name === 'profile.power')!;
  assert.equal(
    power.path,
    ['distilgpt2', 'gpt2'].map((model) => `data/profile/power/${model}.parquet`),
  );
  assert.is(power.schema.fields.find(({ name }) => name === 'real_power_w')!.unit, 'W');
});

test('the same run gives the same bytes; what is there is not written over', async () => {
  const again = await runProgram('export', 'small.yaml', '--stage', 'align', '--output', 'deep/again/', '--json');
  assert.is(again.code, 0, again.stderr);
  assert.equal((JSON.parse(again.stdout) as { folder: string }).folder, 'deep/again');
  assert.equal(filesIn('deep/again'), filesIn('small-export'));
  assert.is(readFileSync('deep/again/SHA256SUMS', 'utf8'), readFileSync('small-export/SHA256SUMS', 'utf8'));
  const twice = await runProgram('export', 'small.yaml', '--stage', 'align');
  assert.is(twice.code, 2);
  assert.match(twice.stderr, /small-export is there already\n.*--output FOLDER/);
});

test('a damaged file: exit 5, nothing is left, and the next run computes it anew', async () => {
  const file = 'data/runs/small/align/clock/distilgpt2.parquet';
  const { mtime, atime } = statSync(file);
  const bytes = readFileSync(file);
  bytes[20] ^= 1;
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
  const { code, stderr } = await runProgram('export', 'small.yaml', '--stage', 'align', '--output', 'bad');
  assert.is(code, 5, stderr);
  assert.match(stderr, `${file} is damaged`);
  assert.equal(
    readdirSync('.').filter((name) => name.startsWith('bad')),
    [],
  );
  assert.is((await runProgram('run', 'small.yaml', '--stage', 'align', '--quiet')).code, 0);
  assert.is((await runProgram('export', 'small.yaml', '--stage', 'align', '--output', 'bad')).code, 0);
});

test('wrong command lines: a stage that there is not, a configuration that there is not', async () => {
  assert.match((await runProgram('export', 'small.yaml', '--stage', 'aling')).stderr, 'did you mean "align"?');
  assert.is((await runProgram('export', 'none.yaml')).code, 2);
});

test('a changed configuration is not the run that is there', async () => {
  appendFileSync('small.yaml', 'align: { edge: clip }\n');
  const { code, stderr } = await runProgram('export', 'small.yaml', '--stage', 'align', '--output', 'other');
  assert.is(code, 4);
  assert.match(stderr, 'align/distilgpt2 for one (parameters changed');
});

test.run();
