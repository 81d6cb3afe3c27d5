import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IntegrityError, InterruptedError, RefusedError, UnavailableError, UsageError } from '../../pipeline/errors.js';
import { endWorkers, flipBit, freshFolder, runToy, toyStates, writeToy } from './folder.js';

const told = () => readFileSync('reports/toy/sum.txt', 'utf8');
const squaresOfA = 'data/runs/toy/square/squares/a.parquet';

async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing failed');
}

test.after(endWorkers);
test.before.each(() => {
  freshFolder();
  writeToy();
});

test('a first run computes everything, a second nothing', async () => {
  const first = await runToy();
  assert.is(first.counts.make.done + first.counts.square.done + first.counts.tell.done, 5);
  assert.is(told(), 'sum 10 of ab (simple numbers)\n');
  const second = await runToy();
  assert.is(second.counts.make.fresh + second.counts.square.fresh + second.counts.tell.fresh, 5);
  assert.is(
    second.log.some((line) => line.startsWith('start')),
    false,
  );
});

test('a changed parameter recomputes its stage and what follows, and says why', async () => {
  await runToy();
  const { log } = await runToy({ set: ['make.scale=2'] });
  assert.ok(log.includes('start make/a: parameters changed (scale 1 → 2)'), log.join('\n'));
  assert.is(told(), 'sum 40 of ab (simple numbers)\n');
});

test('equal bytes cut off what follows', async () => {
  await runToy();
  const { counts } = await runToy({ set: ['square.absolute=true'] });
  assert.equal([counts.make.fresh, counts.square.done, counts.tell.fresh], [2, 2, 1]);
});

test('another partition computes itself alone, and order is part of what follows', async () => {
  await runToy();
  const { counts } = await runToy({ set: ['make.letters=[b, a, c]'] });
  assert.equal([counts.make.done, counts.make.fresh, counts.square.done, counts.tell.done], [1, 2, 1, 1]);
  assert.is(told(), 'sum 15 of bac (simple numbers)\n');
});

test('a changed input file is seen by its content', async () => {
  await runToy();
  writeFileSync('offset.txt', '1');
  const { log } = await runToy();
  assert.ok(log.includes('start make/a: files changed (offset.txt)'));
  utimesSync('offset.txt', new Date(), new Date());
  assert.is((await runToy()).counts.make.fresh, 2);
});

test('a damaged file that is read ends with exit 5, is named, and the next run recomputes just that', async () => {
  await runToy();
  flipBit(squaresOfA);
  const error = await failure(runToy({ set: ['tell.title=total'] }));
  assert.instance(error, IntegrityError);
  assert.match(error.message, squaresOfA);
  const { counts, log } = await runToy({ set: ['tell.title=total'] });
  assert.equal([counts.make.fresh, counts.square.done, counts.square.fresh, counts.tell.done], [2, 1, 1, 1]);
  assert.ok(log.some((line) => line.startsWith('start square/a: damaged')));
});

test('a file that is gone or of another size is computed again', async () => {
  await runToy();
  rmSync(squaresOfA);
  assert.is((await runToy()).counts.square.done, 1);
  writeFileSync(squaresOfA, 'short');
  assert.is((await runToy()).counts.square.done, 1);
});

test('a manifest that somebody has changed is no proof: its task is computed again, and that is told', async () => {
  await runToy();
  const path = 'data/runs/toy/square/a.json';
  writeFileSync(path, readFileSync(path, 'utf8').replace('"rows": 3', '"rows": 4'));
  const { counts, log } = await runToy();
  assert.equal([counts.square.done, counts.square.fresh, counts.tell.fresh], [1, 1, 1]);
  assert.ok(log.includes(`start square/a: ${path} is damaged: its content does not match its own hash`));
});

test('--verify finds what size and time do not tell', async () => {
  await runToy();
  flipBit(squaresOfA);
  assert.is((await runToy()).counts.square.done, 0);
  assert.is((await runToy({ verify: true })).counts.square.done, 1);
});

test('a check that refuses stops what follows with exit 3, every time', async () => {
  const refusing = { set: ['make.refuse=b'] };
  for (const _ of [1, 2]) {
    const error = await failure(runToy(refusing));
    assert.instance(error, RefusedError);
    assert.match(error.message, 'make/b');
  }
  const states = await toyStates(['make.refuse=b']);
  assert.ok(
    states.some((line) => /^tell\/sum: waits for square\/[ab]$/.test(line)),
    states.join('\n'),
  );
});

test('an error has the first refusals of a task, and how many more there are', async () => {
  const { message } = await failure(runToy({ set: ['make.refuse=b', 'make.refusals=8'] }));
  const lines = ['b2', 'b3', 'b4', 'b5', 'b6'].map((subject) => `  make/b: 5 ${subject}: no`);
  assert.is(message.split('\n').slice(1).join('\n'), [...lines, '  make/b: … and 3 more'].join('\n'));
});

test('a failing task keeps what was finished, and its error keeps its kind', async () => {
  const error = await failure(runToy({ set: ['make.fail=b'], jobs: 1 }));
  assert.instance(error, Error);
  assert.is((error as UnavailableError).exitCode, 4);
  assert.match(error.message, 'nothing to measure b with');
  assert.ok((await toyStates(['make.fail=b'])).includes('make/a: fresh'));
});

test('an interrupt ends the work, and the same command goes on from there', async () => {
  const controller = new AbortController();
  const running = failure(runToy({ set: ['make.wait_ms=20'], jobs: 1, signal: controller.signal }));
  setTimeout(() => controller.abort(), 5);
  assert.instance(await running, InterruptedError);
  assert.is((await runToy({ set: ['make.wait_ms=20'] })).counts.tell.done, 1);
});

test('a better source than the locked one stops the run; --relock goes on', async () => {
  await runToy();
  mkdirSync('good');
  const error = await failure(runToy());
  assert.instance(error, UsageError);
  assert.match(error.message, 'was made from "simple numbers" and would now use "good numbers"');
  const { counts } = await runToy({ relock: true });
  assert.is(counts.make.done, 2);
  assert.match(told(), 'good numbers');
  rmSync('good', { recursive: true });
  assert.instance(await failure(runToy()), UnavailableError);
});

test('one worker or two: the same bytes', async () => {
  await runToy({ jobs: 1 });
  const alone = readFileSync(squaresOfA);
  freshFolder();
  writeToy();
  await runToy({ jobs: 2 });
  assert.ok(alone.equals(readFileSync(squaresOfA)));
});

test('what needs an instrument runs alone on the machine', async () => {
  mkdirSync('good');
  const { log } = await runToy({ set: ['make.wait_ms=20', 'make.letters=[a,b,c]'], jobs: 3 });
  const measured = log.filter((line) => /^(start|done|finish\w*) make/.test(line));
  measured.forEach((line, i) => assert.match(line, i % 2 === 0 ? /^start/ : /^(?!start)/, measured.join('\n')));
  const first = log.findIndex((line) => line.startsWith('start square'));
  assert.ok(first > log.findLastIndex((line) => line.startsWith('start make')), 'and nothing else meanwhile');
});

test('a task is stale where what it borrows of another stage’s settings has changed', async () => {
  mkdirSync('good');
  await runToy();
  const { log } = await runToy({ set: ['tell.title=total'] });
  assert.ok(log.includes('start square/a: settings of another stage changed'), log.join('\n'));
  assert.is(log.some((line) => line.startsWith('start make')), false); // prettier-ignore
});

test.run();
