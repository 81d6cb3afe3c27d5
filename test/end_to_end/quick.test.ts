/** The quick configuration from nothing to the report: what a newcomer tries first. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import { hashesBelow, pipeline, pipelineJson, workFolder } from './program.js';

const stages = ['trace', 'profile', 'align', 'featurize', 'train', 'evaluate', 'report'];

interface RunDocument {
  readonly run: string;
  readonly source: { readonly kind: string; readonly label: string };
  readonly stages: Readonly<Record<string, { done: number; fresh: number; failed: number; seconds: number }>>;
}

const expected = join(packageRoot, 'test', 'output', 'quick');

/** Compares with what is kept; a missing expectation is written, but never in CI. */
function assertGolden(name: string, text: string): void {
  const path = join(expected, name);
  if (!existsSync(path)) {
    assert.is.not(process.env.CI, 'true', `${path} is missing`);
    mkdirSync(expected, { recursive: true });
    writeFileSync(path, text);
  }
  assert.fixture(text, readFileSync(path, 'utf8'), name);
}

let first: { folder: string; document: RunDocument; hashes: Record<string, string> };

test.before(async () => {
  const folder = workFolder();
  const document = await pipelineJson<RunDocument>(folder, ['run', 'configs/quick.yaml', '--jobs', '2']);
  first = { folder, document, hashes: hashesBelow(folder) };
});

test('the first run computes all seven stages and says where its measurements come from', () => {
  assert.equal(Object.keys(first.document.stages), stages);
  assert.equal(first.document.source, { kind: 'twin', label: 'simulated' });
  for (const counts of Object.values(first.document.stages)) {
    assert.ok(counts.done > 0);
    assert.equal([counts.fresh, counts.failed], [0, 0]);
  }
});

test('every table is there in four forms and every figure as SVG, each labelled', () => {
  const files = readdirSync(join(first.folder, 'reports/quick/tables'));
  for (let i = 1; i <= 12; i++) {
    for (const form of ['md', 'csv', 'tex', 'json'])
      assert.ok(files.includes(`table${i}.${form}`), `table${i}.${form}`);
    assert.match(readFileSync(join(first.folder, `reports/quick/tables/table${i}.md`), 'utf8'), 'simulated');
  }
  for (const id of ['figure1', 'figure3', 'figure5']) {
    assert.ok(existsSync(join(first.folder, `reports/quick/figures/${id}.svg`)), id);
  }
});

test('the tables are the ones kept', () => {
  for (const id of [4, 5, 6, 7, 8, 9]) {
    assertGolden(`table${id}.md`, readFileSync(join(first.folder, `reports/quick/tables/table${id}.md`), 'utf8'));
  }
});

test('a second run finds everything fresh', async () => {
  const again = await pipelineJson<RunDocument>(first.folder, ['run', 'configs/quick.yaml']);
  for (const counts of Object.values(again.stages)) assert.is(counts.done, 0);
  assert.equal(hashesBelow(first.folder), first.hashes);
});

test('a changed caption price recomputes the report alone', async () => {
  const set = ['--set', 'report.price_usd_per_kwh=0.2'];
  const { stages: counts } = await pipelineJson<RunDocument>(first.folder, ['run', 'configs/quick.yaml', ...set]);
  const computed = stages.filter((stage) => counts[stage].done > 0);
  assert.equal(computed, ['report']);
});

test('ideal instruments bring the simulated joules back', async () => {
  const folder = workFolder();
  const set = ['--set', 'profile.instruments=ideal', '--stage', 'align'];
  const { code, stderr } = await pipeline(folder, ['run', 'configs/quick.yaml', ...set]);
  assert.is(code, 0, stderr);
  const [row] = await pipelineJson<{ spread: number; rounds: number }[]>(folder, [
    'query',
    'configs/quick.yaml',
    '--set',
    'profile.instruments=ideal',
    `SELECT max(spread) AS spread, sum(n) AS rounds FROM (
       SELECT max(wall_j) / min(wall_j) - 1 AS spread, count(*) AS n FROM measurements GROUP BY measurement_id)`,
  ]);
  assert.ok(row.rounds > 500);
  assert.ok(row.spread < 1e-6, `rounds differ by ${row.spread}`);
});

test.run();
