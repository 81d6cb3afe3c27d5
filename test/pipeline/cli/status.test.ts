/** The commands that look at a run without changing it: status, explain, graph, check, list. */
import { existsSync, rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endWorkers, filesIn, flipBit, freshFolder, pipeline, pipelineJson, runToy, writeToy } from '../folder.js';

test.after(endWorkers);
test.before(async () => {
  freshFolder();
  writeToy();
  await runToy();
});

test('status of a run that is up to date', async () => {
  const { code, stdout } = await pipeline('status', 'toy.yaml');
  assert.is(code, 0);
  assert.is(
    stdout,
    'run toy: simple numbers\nmake       2 fresh\nsquare     2 fresh\ntell       1 fresh\nup to date\n',
  );
});

test('status says what is stale and why, and writes nothing', async () => {
  const before = filesIn('.');
  const { stdout } = await pipeline('status', 'toy.yaml', '--set', 'make.scale=3', '--set', 'make.letters=[a, b, c]');
  assert.match(stdout, 'make       3 stale\n  parameters changed (scale 1 → 3): a, b\n  not computed yet: c\n');
  assert.match(stdout, 'square     3 waiting for what is stale\n');
  assert.match(stdout, 'bring it up to date: pipeline run toy.yaml');
  assert.equal(filesIn('.'), before);
});

test('status as a document', async () => {
  const { tasks, ...rest } = await pipelineJson<{ tasks: unknown[] }>('status', 'toy.yaml', '--set', 'tell.title=x');
  assert.equal(rest, {
    run: 'toy',
    source: { kind: 'simple', label: 'simple numbers' },
    up_to_date: false,
    stages: {
      make: { fresh: 2, stale: 0, waiting: 0 },
      square: { fresh: 2, stale: 0, waiting: 0 },
      tell: { fresh: 0, stale: 1, waiting: 0 },
    },
    slurm: null,
  });
  assert.equal(tasks.at(-1), { task: 'tell/sum', state: 'stale', reason: 'parameters changed (title "sum" → "x")' });
});

test('status --verify hashes again', async () => {
  flipBit('data/runs/toy/make/values/a.parquet');
  assert.match((await pipeline('status', 'toy.yaml')).stdout, 'up to date');
  assert.match((await pipeline('status', 'toy.yaml', '--verify')).stdout, 'has another content than was written');
  flipBit('data/runs/toy/make/values/a.parquet');
});

test('explain tells what a task reads, depends on and wrote', async () => {
  const { stdout } = await pipeline('explain', 'toy.yaml', 'square');
  assert.match(stdout, /^square\/a {2}fresh\n {2}reads {5}values of make\/a\n {2}settings {2}absolute false\n/);
  assert.match(stdout, /code {6}[0-9a-f]{10}, columns [0-9a-f]{10}/);
  assert.match(
    stdout,
    /wrote {5}squares: 3 rows, data\/runs\/toy\/square\/squares\/a.parquet, \d+ B, sha256 [0-9a-f]{10}\n/,
  );
  assert.match(stdout, /findings {2}none/);
  assert.not.match(stdout, 'make/a  ');
  const stale = await pipeline('explain', 'toy.yaml', '--set', 'square.absolute=true');
  assert.match(stale.stdout, 'square/a  stale: parameters changed (absolute false → true)');
  assert.match(stale.stdout, 'tell/sum  waits for square/a');
});

test('explain as a document has the whole fingerprint', async () => {
  interface Explained {
    readonly tasks: { task: string; state: string; parts: { params: object }; outputs: { sha256: string }[] }[];
  }
  const { tasks } = await pipelineJson<Explained>('explain', 'toy.yaml');
  assert.equal(
    tasks.map(({ task }) => task),
    ['make/a', 'make/b', 'square/a', 'square/b', 'tell/sum'],
  );
  assert.equal(tasks[2].parts.params, { absolute: false });
  assert.match(tasks[2].outputs[0].sha256, /^[0-9a-f]{64}$/);
});

test('a stage that there is not', async () => {
  const { code, stderr } = await pipeline('explain', 'toy.yaml', 'squere');
  assert.is(code, 2);
  assert.match(stderr, 'no stage squere: did you mean "square"?');
});

test('the graph as text, DOT and Mermaid', async () => {
  assert.is(
    (await pipeline('graph', 'toy.yaml')).stdout,
    'make    2 by letter\n  → values, findings\n' +
      'square  2 by letter\n  ← make (values)\n  → squares\n' +
      'tell\n  ← square (squares)\n',
  );
  const dot = (await pipeline('graph', 'toy.yaml', '--format', 'dot')).stdout;
  assert.match(dot, /^digraph pipeline \{\n/);
  assert.match(dot, '  "square" [label = "square\\n2 by letter"];\n');
  assert.match(dot, '  "make" -> "square" [label = "values"];\n');
  const mermaid = (await pipeline('graph', 'toy.yaml', '--format', 'mermaid', '--partitions')).stdout;
  assert.match(mermaid, '  n2["square/a"]\n');
  assert.match(mermaid, '  n3 -->|"squares"| n4\n');
});

test('the graph needs no source of measurements', async () => {
  const graph = await pipelineJson<{ boxes: unknown[] }>('graph', 'toy.yaml', '--set', 'bench.source=[good]');
  assert.is(graph.boxes.length, 3);
  assert.is((await pipeline('status', 'toy.yaml', '--set', 'bench.source=[good]')).code, 4);
});

test('check lists findings, the gravest first, and what is not checked yet', async () => {
  const { code, stdout } = await pipeline('check', 'toy.yaml', '--set', 'make.letters=[a, b, c]');
  assert.is(code, 0);
  assert.match(stdout, 'run toy (simple numbers): no findings\nnot checked yet: make/c\n');
});

test('check ends with exit 3 where a finding refuses, and still prints it', async () => {
  writeToy('run: refused\nmake: { refuse: b }\n');
  await runToy().catch(() => null);
  const { code, stdout, stderr } = await pipeline('check', 'toy.yaml');
  assert.is(code, 3);
  assert.match(stdout, /^refuse\s+5\s+b\s+1\s+0\s+no \[test\]$/m);
  assert.match(stdout, '1 refuse');
  assert.match(stderr, 'error: 1 of the findings of run refused refuse');
  const { stdout: json } = await pipeline('check', 'toy.yaml', '--json');
  const document = JSON.parse(json) as { counts: object; findings: object[] };
  assert.equal(document.counts, { refuse: 1, exclude: 0, warn: 0, info: 0 });
  assert.equal(Object.keys(document.findings[0]), [
    'check_id',
    'severity',
    'subject',
    'value',
    'limit',
    'source',
    'message',
  ]);
  writeToy();
});

test('check of what was never computed', async () => {
  const { code, stderr } = await pipeline('check', 'toy.yaml', '--set', 'run=never');
  assert.is(code, 4);
  assert.match(stderr, 'run never has no findings yet');
});

test('list counts what there is, and lists one kind', async () => {
  assert.is((await pipeline('list')).stdout, 'list     count  about\nletters      2  what numbers are made of\n');
  assert.is(
    (await pipeline('list', 'letters')).stdout,
    'letter  sizes              note\na       height 2, width 1  –\nb       height 3           –\n',
  );
  assert.equal(await pipelineJson('list'), [{ list: 'letters', count: 2, about: 'what numbers are made of' }]);
  const { code, stderr } = await pipeline('list', 'leters');
  assert.is(code, 2);
  assert.match(stderr, 'no list "leters": did you mean "letters"?');
});

test('clean says what would go, removes a stage, then a run, and leaves other runs alone', async () => {
  await runToy({ set: ['run=other'] });
  const others = filesIn('data/runs/other');
  const before = filesIn('data/runs/toy');
  const dry = await pipelineJson<{ removed: boolean; files: string[] }>('clean', 'toy.yaml', '--dry-run');
  assert.is(dry.removed, false);
  assert.is(dry.files.length, before.length + 1);
  assert.equal(filesIn('data/runs/toy'), before);

  assert.match((await pipeline('clean', 'toy.yaml', '--stage', 'tell')).stdout, 'stage tell of run toy: 2 files, ');
  assert.not.ok(existsSync('reports/toy'));
  assert.match((await pipeline('status', 'toy.yaml')).stdout, 'square     2 fresh\ntell       1 stale');

  const { stdout } = await pipeline('clean', 'toy.yaml');
  assert.match(stdout, /^run toy: \d+ files, [\d.]+ KiB removed\n/);
  assert.match(stdout, '  data/runs/toy/make: 6 files');
  assert.not.ok(existsSync('data/runs/toy'));
  assert.equal(filesIn('data/runs/other'), others);
  assert.match((await pipeline('clean', 'toy.yaml')).stdout, 'run toy: nothing is there');
});

test('a report whose datasets are gone is removed too', async () => {
  rmSync('data/runs/other', { recursive: true });
  const { code } = await pipeline('clean', 'toy.yaml', '--set', 'run=other');
  assert.is(code, 0);
  assert.not.ok(existsSync('reports/other'));
});

test.run();
