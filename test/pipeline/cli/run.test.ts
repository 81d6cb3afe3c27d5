/** `pipeline run` with its options, in this process; interrupted, as a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import type { StageCounts } from '../../../pipeline/update.js';
import { endWorkers, filesIn, flipBit, freshFolder, pipeline, pipelineJson, runToy, writeToy } from '../folder.js';

interface RunDocument {
  readonly run: string;
  readonly source: object;
  readonly stages: Readonly<Record<string, StageCounts>>;
}

/** Tasks done and fresh by stage, of a run with these options. */
async function counts(...options: string[]): Promise<Record<string, [number, number]>> {
  const { stages } = await pipelineJson<RunDocument>('run', 'toy.yaml', ...options);
  return Object.fromEntries(Object.entries(stages).map(([name, { done, fresh }]) => [name, [done, fresh]]));
}

test.after(endWorkers);
test.before.each(async () => {
  freshFolder();
  writeToy();
  await runToy();
});

test('the document of a run', async () => {
  const { run, source, stages } = await pipelineJson<RunDocument>('run', 'toy.yaml');
  assert.is(run, 'toy');
  assert.equal(source, { kind: 'simple', label: 'simple numbers' });
  assert.equal(stages.square, { done: 0, fresh: 2, failed: 0, seconds: 0 });
});

test('what is said: the source at the start and at the end, a line a stage, nothing with --quiet', async () => {
  const { stdout, stderr } = await pipeline('run', 'toy.yaml');
  assert.is(stdout, '');
  assert.is(
    stderr,
    'run toy: simple numbers\nmake       fresh (2)\nsquare     fresh (2)\ntell       fresh (1)\n' +
      'run toy: simple numbers; up to date\n',
  );
  // Where the report has a page, it is named.
  writeFileSync('reports/toy/index.html', '');
  assert.match(
    (await pipeline('run', 'toy.yaml', '--stage', 'make')).stderr,
    'up to date, see reports/toy/index.html\n',
  );
  assert.is((await pipeline('run', 'toy.yaml', '--quiet')).stderr, '');
});

test('--stage computes that stage and what it reads, and leaves the rest', async () => {
  const scaled = ['--set', 'make.scale=2'];
  assert.equal(await counts(...scaled, '--stage', 'square'), { make: [2, 0], square: [2, 0], tell: [0, 0] });
  assert.is(readFileSync('reports/toy/sum.txt', 'utf8'), 'sum 10 of ab (simple numbers)\n');
  assert.equal(await counts(...scaled), { make: [0, 2], square: [0, 2], tell: [1, 0] });
});

test('--from computes a stage anew; equal bytes leave fresh what follows', async () => {
  assert.equal(await counts('--from', 'square'), { make: [0, 2], square: [2, 0], tell: [0, 1] });
});

test('--force computes everything anew, with --stage that stage', async () => {
  assert.equal(await counts('--force'), { make: [2, 0], square: [2, 0], tell: [1, 0] });
  assert.equal(await counts('--force', '--stage', 'square'), { make: [0, 2], square: [2, 0], tell: [0, 0] });
});

test('--dry-run adds what a stage says of how long it takes', async () => {
  mkdirSync('good');
  const { stdout } = await pipeline('run', 'toy.yaml', '--dry-run', '--relock');
  assert.match(stdout, /\na: 3 numbers to come\nb: 3 numbers to come\n$/);
});

test('--dry-run says what would be computed, and writes nothing', async () => {
  const before = filesIn('.');
  const { stdout } = await pipeline('run', 'toy.yaml', '--dry-run', '--set', 'square.absolute=true');
  assert.match(stdout, 'make       2 fresh\nsquare     2 stale\n  parameters changed (absolute false → true): a, b\n');
  writeToy('run: new\n');
  const { stale } = await pipelineJson<{ stale: object[] }>('run', 'toy.yaml', '--dry-run');
  assert.equal(
    stale,
    ['a', 'b'].map((letter) => ({ task: `make/${letter}`, reason: 'not computed yet' })),
  );
  assert.equal(filesIn('.'), before);
});

test('partitions that are no more leave no files; --stage removes none', async () => {
  assert.ok(existsSync('data/runs/toy/square/squares/a.parquet'));
  await pipeline('run', 'toy.yaml', '--set', 'make.letters=[b]', '--stage', 'square');
  assert.ok(existsSync('data/runs/toy/square/squares/a.parquet'));
  await pipeline('run', 'toy.yaml', '--set', 'make.letters=[b]');
  assert.equal(filesIn('data/runs/toy'), [
    'make/b.json',
    'make/findings/b.parquet',
    'make/values/b.parquet',
    'source.lock.json',
    'square/b.json',
    'square/squares/b.parquet',
    'tell/sum.json',
  ]);
});

test('a damaged file that a task reads is exit 5; the next run says what it computes again', async () => {
  flipBit('data/runs/toy/square/squares/a.parquet');
  const broken = await pipeline('run', 'toy.yaml', '--set', 'tell.title=total');
  assert.is(broken.code, 5);
  assert.match(broken.stderr, 'error: data/runs/toy/square/squares/a.parquet is damaged');
  const mended = await pipeline('run', 'toy.yaml', '--set', 'tell.title=total');
  assert.is(mended.code, 0);
  assert.match(mended.stderr, 'warning: square/a is computed again: damaged');
});

test('what killed tasks left is removed', async () => {
  writeFileSync('data/runs/toy/make/values/a.parquet.99-1.tmp', 'half');
  writeFileSync('reports/toy/sum.txt.99-1.tmp', 'half');
  assert.is((await pipeline('run', 'toy.yaml', '--stage', 'make')).code, 0);
  assert.equal(
    filesIn('.').filter((file) => file.endsWith('.tmp')),
    [],
  );
});

/** Starts the toy as a process in the present folder; `told` gathers what it says. */
function start(...options: string[]) {
  const file = join(packageRoot, 'dist', 'test', 'pipeline', 'toy_program.js');
  const child = spawn(process.execPath, [file, 'run', 'toy.yaml', ...options]);
  let told = '';
  child.stderr.on('data', (data: Buffer) => (told += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, told: () => told };
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited_ms = 0; !holds() && waited_ms < 20_000; waited_ms += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(holds());
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal}: exit 130, finished tasks are kept, nothing else is left, and the same command goes on`, async () => {
    writeToy('run: long\nmake: { letters: [a, b] }\n');
    await runToy();
    // The first task is fresh, the second works for a minute.
    const options = ['--set', 'make.letters=[a, b, slow]', '--jobs', '1'];
    const run = start(...options);
    await until(() => existsSync('working'));
    run.child.kill(signal);
    assert.is(await run.ended, 130);
    assert.match(run.told(), 'error: interrupted; finished tasks are kept');
    assert.equal(
      filesIn('data/runs/long').filter((file) => /tmp$|lock$|slow/.test(file)),
      [],
    );
    writeFileSync('hurry', '');
    const { stages } = await pipelineJson<RunDocument>('run', 'toy.yaml', ...options);
    assert.equal([stages.make.done, stages.make.fresh], [1, 2]);
    assert.not.ok(existsSync('data/runs/long/run.lock'));
  });
}

test('a second run at the same time is refused, and the first goes on', async () => {
  const run = start('--set', 'make.letters=[a, slow]');
  await until(() => existsSync('working'));
  const second = await pipeline('run', 'toy.yaml');
  assert.is(second.code, 4);
  assert.match(second.stderr, `data/runs/toy is in use by process ${run.child.pid} on `);
  assert.match(second.stderr, '(pipeline run toy.yaml');
  assert.match((await pipeline('status', 'toy.yaml')).stderr, `is being computed by process ${run.child.pid}`);
  assert.is((await pipeline('clean', 'toy.yaml')).code, 4);
  writeFileSync('hurry', '');
  assert.is(await run.ended, 0);
});

test.run();
