/** What a run has found fresh is said again only while everything it rests on is as it was. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { packageRoot } from '../../../pipeline/paths.js';
import { recall, remember, type Told } from '../../../pipeline/store/memory.js';
import { flipBit, freshFolder, writeToy } from '../folder.js';

const asked = { config: 'toy.yaml', set: [] };
const told: Told = {
  run: 'toy',
  source: { kind: 'good', label: 'good' },
  left_out: [],
  stages: { make: { fresh: 2 } },
};
const ground = { places: ['toy.yaml', 'facts', 'absent.txt', join('data', 'runs', 'toy')], variables: ['MEMORY_TEST'] };
const memory = join('data', 'runs', 'toy', 'fresh.json');

const file = join('facts', 'deep', 'a.txt');
const output = join('data', 'runs', 'toy', 'make', 'a.parquet');
const content = 'twenty bytes and some more';

/** A folder as a run left it that began long after all of it was written. */
function remembered(): void {
  freshFolder();
  writeToy();
  for (const path of [file, output]) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  }
  remember(asked, told, ground, Date.now() + 60_000);
  assert.equal(recall(asked), told);
}

const changes: Readonly<Record<string, () => void>> = {
  'another configuration': () => writeToy('run: toy\nmake: { count: 4 }\n'),
  'a bit of a file it rests on, its time put back': () => flipBit(file),
  'a bit of an output, its time put back': () => flipBit(output),
  'the same bytes written again': () => writeFileSync(output, content),
  'a file more in a folder': () => writeFileSync(join('facts', 'deep', 'b.txt'), ''),
  'an output less': () => rmSync(output),
  'an output of another name': () => renameSync(output, `${output}.tmp`),
  'what was not there': () => writeFileSync('absent.txt', ''),
  'somebody who writes the run': () => writeFileSync(join('data', 'runs', 'toy', 'run.lock'), ''),
  'a memory of another form': () => writeFileSync(memory, '{}'),
};

for (const [what, change] of Object.entries(changes)) {
  test(`looks again after ${what}`, () => {
    remembered();
    change();
    assert.is(recall(asked), null);
  });
}

test('looks again where it is asked for something else, from elsewhere, or in another environment', () => {
  remembered();
  assert.is(recall({ ...asked, set: ['make.count=4'] }), null);
  process.env.MEMORY_TEST = 'set';
  assert.is(recall(asked), null);
  delete process.env.MEMORY_TEST;
  assert.equal(recall(asked), told);
});

test('no bit of the memory can be flipped unseen', () => {
  remembered();
  const bytes = readFileSync(memory);
  for (let bit = 0; bit < bytes.length * 8; bit += 37) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    writeFileSync(memory, flipped);
    assert.is(recall(asked), null, `bit ${bit}`);
  }
});

test('keeps nothing where something has changed since the run began, or within a tick of a coarse clock before', () => {
  remembered();
  rmSync(memory);
  for (const began_ms of [Date.now() - 1000, Date.now() + 1000]) remember(asked, told, ground, began_ms);
  assert.not.ok(existsSync(memory));
});

const run = async (...options: string[]) => {
  const program = join(packageRoot, 'dist', 'test', 'pipeline', 'toy_program.js');
  const { stderr } = await promisify(execFile)(process.execPath, [program, 'run', 'toy.yaml', ...options]);
  return stderr;
};

test('the program tells the same from memory, and computes what a changed file makes stale', async () => {
  freshFolder();
  writeToy('run: toy\nmake: { letters: [a, b], count: 50 }\n');
  await run();
  await pause(2500);
  const looked = await run();
  assert.ok(existsSync(memory));
  assert.is(await run(), looked);
  assert.match(looked, /make +fresh \(2\)/);
  writeFileSync('offset.txt', '7');
  assert.match(await run(), /make +2 done .*offset\.txt/);
});

test.run();
