import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../../pipeline/errors.js';
import { lockRun, writerOf } from '../../../pipeline/store/lock.js';
import { filesIn, freshFolder } from '../folder.js';

test.before.each(() => {
  freshFolder();
  mkdirSync('run');
});

const lockOf = (owner: object) => writeFileSync('run/run.lock', JSON.stringify(owner));

/** The number of a process that has ended. */
const deadProcess = (): number => spawnSync(process.execPath, ['-e', '']).pid;

test('one at a time, and given back without a trace', () => {
  const release = lockRun('run');
  assert.match(writerOf('run')!, `process ${process.pid} on ${hostname()}`);
  assert.throws(
    () => lockRun('run'),
    (error: Error) => error instanceof UnavailableError,
  );
  assert.throws(() => lockRun('run'), `run is in use by process ${process.pid} on ${hostname()}`);
  release();
  assert.is(writerOf('run'), null);
  assert.equal(filesIn('run'), []);
  lockRun('run')();
});

test("a dead owner's lock is taken over", () => {
  lockOf({ pid: deadProcess(), host: hostname(), started: null, command: 'run x' });
  assert.is(writerOf('run'), null);
  lockRun('run')();
  assert.equal(filesIn('run'), []);
});

test('another process that has got the number of a dead owner is not taken for it', () => {
  lockOf({ pid: process.pid, host: hostname(), started: 'another boot 1', command: 'run x' });
  assert.is(writerOf('run'), null);
  lockRun('run')();
});

test('an owner on another host lives while its heartbeat does', () => {
  lockOf({ pid: 1, host: 'elsewhere', started: null, command: 'run x' });
  assert.throws(() => lockRun('run'), 'run is in use by process 1 on elsewhere (pipeline run x)');
  const twoMinutesAgo = new Date(Date.now() - 120_000);
  utimesSync('run/run.lock', twoMinutesAgo, twoMinutesAgo);
  lockRun('run')();
});

test('a lock that cannot be read belongs to nobody', () => {
  for (const content of ['', '{"pid":', '{"pid":"x"}', '[]']) {
    writeFileSync('run/run.lock', content);
    lockRun('run')();
    assert.not.ok(existsSync('run/run.lock'));
  }
});

test('who takes over while somebody else does waits for it, unless that one is dead too', () => {
  lockOf({ pid: deadProcess(), host: hostname(), started: null, command: 'run x' });
  const token = { pid: process.pid, host: hostname(), started: null, command: 'run y' };
  writeFileSync('run/run.lock.takeover.tmp', JSON.stringify(token));
  assert.throws(() => lockRun('run'), 'somebody who is just starting');
  writeFileSync('run/run.lock.takeover.tmp', JSON.stringify({ ...token, pid: deadProcess() }));
  lockRun('run')();
  assert.equal(filesIn('run'), []);
});

test('of many that find a dead owner at the same time one gets the lock', async () => {
  lockOf({ pid: deadProcess(), host: hostname(), started: null, command: 'run x' });
  const module = new URL('../../../pipeline/store/lock.js', import.meta.url).href;
  // Who gets it holds it until all have tried.
  const script = `
    const { lockRun } = await import(${JSON.stringify(module)});
    try { lockRun('run'); console.log('got'); } catch (error) { console.log(error.name); }
    process.stdin.resume().on('end', () => process.exit());`;
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
  const firstLine = (child: (typeof children)[number]) =>
    new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())));
  const answers = await Promise.all(children.map(firstLine));
  for (const child of children) child.stdin.end();
  assert.equal(answers.sort(), [...Array<string>(5).fill('UnavailableError'), 'got']);
});

test('a lock that somebody else has taken meanwhile is not given back', () => {
  const release = lockRun('run');
  const other = JSON.stringify({ pid: 1, host: 'elsewhere', started: null, command: 'run x' });
  writeFileSync('run/run.lock', other);
  release();
  assert.is(readFileSync('run/run.lock', 'utf8'), other);
});

test.run();
