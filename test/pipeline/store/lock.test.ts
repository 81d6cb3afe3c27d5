import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IntegrityError, UnavailableError } from '../../../pipeline/errors.js';
import { hashOf } from '../../../pipeline/store/hash.js';
import { lockRun, writerOf } from '../../../pipeline/store/lock.js';
import { machine, startOf } from '../../../pipeline/store/process_identity.js';
import { filesIn, freshFolder } from '../folder.js';

test.before.each(() => {
  freshFolder();
  mkdirSync('run');
});

interface Other {
  readonly pid?: number;
  readonly machine?: string | null;
  readonly started?: string | null;
}

let count = 0;

/** The text of a lock of somebody else, by default of a living process of this machine. */
function lockText({ pid = process.pid, machine: of = machine, started = null }: Other): string {
  const host = of === machine ? hostname() : 'elsewhere';
  const owner = { pid, host, machine: of, started, command: 'run x', once: String(++count) };
  return `${JSON.stringify({ ...owner, sha256: hashOf('lock', owner) })}\n`;
}

const lockOf = (other: Other) => writeFileSync('run/run.lock', lockText(other));

const age = (file: string, seconds: number) => {
  const then = new Date(Date.now() - 1000 * seconds);
  utimesSync(file, then, then);
};

/** The number of a process that has ended. */
const deadProcess = (): number => spawnSync(process.execPath, ['-e', '']).pid;

test('one at a time, and given back without a trace', () => {
  const { release } = lockRun('run');
  assert.match(writerOf('run')!, `process ${process.pid} on ${hostname()}`);
  assert.throws(
    () => lockRun('run'),
    (error: Error) => error instanceof UnavailableError,
  );
  assert.throws(() => lockRun('run'), `run is in use by process ${process.pid} on ${hostname()}`);
  release();
  assert.is(writerOf('run'), null);
  assert.equal(filesIn('run'), []);
  lockRun('run').release();
});

test("a dead owner's lock is taken over", () => {
  lockOf({ pid: deadProcess() });
  assert.is(writerOf('run'), null);
  lockRun('run').release();
  assert.equal(filesIn('run'), []);
});

test('another process that has got the number of a dead owner is not taken for it', () => {
  lockOf({ started: '1' });
  assert.is(writerOf('run'), null);
  lockRun('run').release();
});

test('a process that has ended is dead even where nobody has asked how it ended', async () => {
  if (startOf(process.pid) === null) return assert.is(machine, null, 'no /proc here');
  // The shell's child ends when the shell is sleep, which never asks.
  const shell = spawn('sh', ['-c', 'cat <&3 >&2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const pid = Number(await new Promise<Buffer>((resolve) => shell.stdout!.once('data', resolve)));
  while (!readFileSync(`/proc/${shell.pid}/comm`, 'utf8').startsWith('sleep')) await setTimeout(5);
  const started = startOf(pid);
  lockOf({ pid, started });
  assert.match(writerOf('run')!, `process ${pid}`);
  (shell.stdio[3] as Writable).end();
  while (startOf(pid) !== null) await setTimeout(5);
  process.kill(pid, 0);
  assert.is(writerOf('run'), null);
  shell.kill('SIGKILL');
});

test('an owner on another machine, or seen from another container, lives while its heartbeat does', () => {
  for (const other of ['another boot', `${machine} in a container`]) {
    lockOf({ pid: deadProcess(), machine: other });
    assert.throws(() => lockRun('run'), 'on elsewhere (pipeline run x)');
    age('run/run.lock', 50);
    assert.throws(() => lockRun('run'), 'on elsewhere (pipeline run x)');
    age('run/run.lock', 120);
    lockRun('run').release();
  }
});

test('a lock that is not as it was written holds while its heartbeat does: who owns it cannot be told', () => {
  const text = lockText({});
  for (const content of ['', text.slice(0, 40), text.replace('run x', 'run y'), '[]', '{"pid":1,"host":"h"}']) {
    writeFileSync('run/run.lock', content);
    assert.throws(
      () => lockRun('run'),
      (error: Error) => error instanceof IntegrityError && error.message.startsWith('run/run.lock is damaged'),
    );
    assert.is(writerOf('run'), 'somebody whose lock is damaged');
    age('run/run.lock', 120);
    lockRun('run').release();
    assert.equal(filesIn('run'), []);
  }
});

test('who takes over while somebody else does waits for it, unless that one is dead too', () => {
  const dead = lockText({ pid: deadProcess() });
  const claim = (path: string, text: string) => `${path}.${hashOf('claim', text).slice(0, 12)}.tmp`;
  writeFileSync('run/run.lock', dead);
  const first = claim('run/run.lock', dead);
  writeFileSync(first, lockText({}));
  assert.throws(() => lockRun('run'), 'somebody who is just starting');
  // One dead claimant, and another who died while claiming its claim.
  const [second, third] = [lockText({ pid: deadProcess() }), lockText({ pid: deadProcess() })];
  writeFileSync(first, second);
  writeFileSync(claim(first, second), third);
  lockRun('run').release();
  assert.equal(filesIn('run'), []);
});

test('of many that find a dead owner at the same time one gets the lock', async () => {
  lockOf({ pid: deadProcess() });
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
  const { release } = lockRun('run');
  const other = lockText({ machine: 'another boot' });
  writeFileSync('run/run.lock', other);
  release();
  assert.is(readFileSync('run/run.lock', 'utf8'), other);
});

test.run();
