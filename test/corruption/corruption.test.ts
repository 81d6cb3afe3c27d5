/** A sample of the torture's corruption: every kind of file, every kind of damage, a few places each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '../../pipeline/config/document.js';
import { IntegrityError } from '../../pipeline/errors.js';
import { packageRoot } from '../../pipeline/paths.js';
import { lockRun } from '../../pipeline/store/lock.js';
import { withSeal } from '../../pipeline/store/text_seal.js';
import { readBench } from '../../stages/energy/benches/bench_file.js';
import { sealed, unsealed } from '../../pipeline/store/sealed.js';
import { Random } from '../../stages/energy/random.js';
import { freshFolder, pipeline, writeToy } from '../pipeline/folder.js';
import { toyArtefacts } from './artefacts.js';
import { checkDetectedAndRepaired, checkFoundByRun, type Bench } from './detected_and_repaired.js';
import { FolderCopy } from './folder_copy.js';
import { empty, exchange, flipOneBit, truncate, truncateBelowSeal } from './spoil.js';

/** As many bits of each kind; the torture takes 200. */
const flips = 2;

let bench: Bench;

test.before(async () => {
  freshFolder();
  writeToy('run: toy\nmake: { letters: [a, b], count: 50 }\n');
  assert.is((await pipeline('run', 'toy.yaml')).code, 0);
  bench = { pipeline, config: 'toy.yaml', copy: new FolderCopy(['data', 'reports']) };
});

for (const artefact of toyArtefacts) {
  test(`${artefact.kind}: a flipped bit is told before its content is used, and repaired by just that`, async () => {
    const random = new Random('corruption', artefact.kind);
    for (let i = 0; i < flips; i++)
      await checkDetectedAndRepaired(bench, artefact, () => flipOneBit(artefact.file, random));
    await checkFoundByRun(bench, artefact, () => flipOneBit(artefact.file, random), ['--verify']);
  });

  test(`${artefact.kind}: cut off, or empty`, async () => {
    const random = new Random('cut', artefact.kind);
    // `run` sees the size of what it reads, and mends it at once.
    const check = artefact.reader[0] === 'run' ? checkFoundByRun : checkDetectedAndRepaired;
    await check(bench, artefact, () => truncate(artefact.file, random));
    await check(bench, artefact, () => empty(artefact.file));
  });
}

const [, values, , manifest] = toyArtefacts;
const other = (file: string) => file.replace('/a.', '/b.');

test('two files of one dataset exchanged, and two manifests', async () => {
  const asked = { ...values, reader: ['query', 'toy.yaml', 'SELECT * FROM values'] };
  for (const [artefact, stage] of [
    [asked, 'make'],
    [manifest, 'square'],
  ] as const) {
    // prettier-ignore
    const spoil = () => exchange(artefact.file, other(artefact.file));
    bench.copy.restore();
    spoil();
    const { code, stderr } = await pipeline(...artefact.reader);
    assert.is(code, 5, stderr);
    assert.ok(stderr.includes(`error: ${artefact.file} is damaged: `), stderr);
    await checkFoundByRun(bench, { ...artefact, repairs: { [stage]: 2 } }, spoil, ['--verify']);
  }
});

test('a manifest of an older form is no damage: its task is computed again, and that is said', async () => {
  bench.copy.restore();
  const { content } = unsealed('manifest', readFileSync(manifest.file, 'utf8')) as { content: object };
  writeFileSync(manifest.file, sealed('manifest', { ...content, version: 0 }));
  assert.match((await pipeline('query', 'toy.yaml', 'SELECT * FROM squares')).stderr, 'not computed yet by square/a');
  const { code, stderr } = await pipeline('run', 'toy.yaml');
  assert.is(code, 0);
  assert.match(stderr, /square +1 done, 1 fresh .* made by an older version/);
  assert.equal(bench.copy.differing(), []);
});

test("a lock of the source as 0.2.0 wrote it is taken, and written anew in today's form", async () => {
  bench.copy.restore();
  const file = 'data/runs/toy/source.lock.json';
  const now = readFileSync(file, 'utf8');
  const { sha256: _, ...content } = JSON.parse(now) as Record<string, unknown>;
  writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
  assert.is((await pipeline('status', 'toy.yaml')).code, 0);
  assert.is((await pipeline('run', 'toy.yaml')).code, 0);
  assert.is(readFileSync(file, 'utf8'), now);
});

/** Facts that a program wrote, or that are the paper's: nobody edits them. */
const sealedFacts = [
  ...readdirSync(join(packageRoot, 'data', 'paper')).map((name) => join(packageRoot, 'data', 'paper', name)),
  join(packageRoot, 'data', 'predictors', 'pc1.yaml'),
];

test('facts that nobody edits, and what calibrate writes, are sealed: any bit, any cut', () => {
  const random = new Random('corruption', 'facts');
  for (const fact of sealedFacts) {
    readDocument(fact);
    assert.is(
      withSeal(readFileSync(fact, 'utf8').replace(/^.*\n/, '')),
      readFileSync(fact, 'utf8'),
      `${fact} is sealed`,
    );
    for (let i = 0; i < 3 * flips; i++) {
      copyFileSync(fact, 'fact.yaml');
      const what = i % 3 === 2 ? truncateBelowSeal('fact.yaml', random) : flipOneBit('fact.yaml', random);
      const told = (error: Error) => error instanceof IntegrityError && error.file === 'fact.yaml';
      assert.throws(() => readDocument('fact.yaml'), told, `${fact}, ${what}`);
    }
  }
});

test('a bench edited by hand is taken without its first line', () => {
  const law = 'predictors: { law: { constants: { eta: 1.1, rest_w: 60 } } }\n';
  writeFileSync('own.yaml', withSeal(`bench: own\nsource: mine\nmade_by: hand\nfitted_on: {}\n${law}`));
  const read = () => readBench('own.yaml').predictors?.predictors.law?.constants?.eta;
  assert.is(read(), 1.1);
  writeFileSync('own.yaml', readFileSync('own.yaml', 'utf8').replace('1.1', '1.2'));
  assert.throws(read, (error: IntegrityError) => error.exitCode === 5 && /edited it by hand/.test(error.hint ?? ''));
  writeFileSync('own.yaml', readFileSync('own.yaml', 'utf8').replace(/^.*\n/, ''));
  assert.is(read(), 1.2);
});

test("a lock that was hit is nobody else\'s while it beats", () => {
  mkdirSync('locked', { recursive: true });
  const { release } = lockRun('locked');
  const random = new Random('corruption', 'lock');
  const whole = readFileSync('locked/run.lock');
  for (let i = 0; i < 50; i++) {
    const what = flipOneBit('locked/run.lock', random);
    assert.throws(() => lockRun('locked'), (error: Error) => error instanceof IntegrityError && error.file === 'locked/run.lock', what); // prettier-ignore
    writeFileSync('locked/run.lock', whole);
  }
  release();
});

test.run();
