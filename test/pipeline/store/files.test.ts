/** Hashes, manifests, files that appear whole, and what is removed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publish, writeAtomically } from '../../../pipeline/store/atomic.js';
import { collectGarbage, collectTemporary } from '../../../pipeline/store/garbage.js';
import { canonical, hashFile, hashOf } from '../../../pipeline/store/hash.js';
import { finalName, temporaryName } from '../../../pipeline/store/temporary_name.js';
import {
  fileState,
  markDamaged,
  readManifest,
  writeManifest,
  type Manifest,
} from '../../../pipeline/store/manifest.js';
import { filesIn, freshFolder } from '../folder.js';

test.before.each(() => void freshFolder());

test('equal values have one canonical text, whatever the order of their keys', () => {
  assert.is(canonical({ b: [1, { d: null, c: 'x' }], a: undefined }), '{"b":[1,{"c":"x","d":null}]}');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      assert.is(canonical(reversed), canonical(value));
      // -0 has no text of its own in JSON.
      assert.equal(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('two kinds of thing never have one hash', () => {
  assert.is.not(hashOf('task', { a: 1 }), hashOf('code', { a: 1 }));
  assert.is.not(hashOf('task', ['a', 'b']), hashOf('task', ['ab']));
  assert.is(hashOf('task', { a: 1, b: 2 }), hashOf('task', { b: 2, a: 1 }));
  assert.match(hashOf('task', null), /^[0-9a-f]{64}$/);
});

test('a file is hashed by its bytes, longer than a block too', () => {
  const bytes = Buffer.alloc(3_000_001, 'irene');
  writeFileSync('large', bytes);
  assert.is(hashFile('large'), createHash('sha256').update(bytes).digest('hex'));
});

test('a temporary name is no other one, and tells that it is temporary', () => {
  const names = new Set(Array.from({ length: 100 }, () => temporaryName('a/b.parquet')));
  assert.is(names.size, 100);
  for (const name of names) {
    assert.is(finalName(name), 'a/b.parquet');
    assert.is(finalName(`${name}/in/it.csv`), 'a/b.parquet/in/it.csv');
    for (const other of [`${name}e`, name.slice(0, -1)]) assert.is(finalName(other), other);
  }
  assert.is(finalName('a/b.other-1-1.tmp'), 'a/b.other-1-1.tmp');
  for (const name of names) assert.match(name, new RegExp(`^a/b\\.parquet\\.[0-9a-f]{10}-${process.pid}-\\d+\\.tmp$`));
});

test('a file appears whole: what was there stays until the new one is', () => {
  writeAtomically('deep/er/file', 'one');
  const temporary = temporaryName('deep/er/file');
  writeFileSync(temporary, 'two');
  assert.is(readFileSync('deep/er/file', 'utf8'), 'one');
  publish(temporary, 'deep/er/file');
  assert.is(readFileSync('deep/er/file', 'utf8'), 'two');
  assert.equal(filesIn('deep'), ['er/file']);
});

test('where a file cannot be written nothing is left', () => {
  mkdirSync('file');
  writeFileSync('file/inside', '');
  assert.throws(() => writeAtomically('file', 'content'));
  assert.equal(filesIn('.'), ['file/inside']);
});

const run = 'data/runs/toy';
const path = `${run}/make/a.json`;

const manifest: Manifest = {
  version: 1,
  task: 'make/a',
  fingerprint: 'f',
  parts: { params: { n: 1 }, source: null, configuration: null, files: {}, inputs: {}, code: 'c', schema: 's' },
  outputs: [{ table: 'values', path: `${run}/make/values/a.parquet`, bytes: 1, mtime_ms: 2, sha256: 'x', rows: 3 }],
  findings: { info: 0, warn: 1, exclude: 0, refuse: 0 },
  seconds: 0.5,
  damaged: null,
};

test('a manifest comes back as it was written, and says when somebody else has written in it', () => {
  writeManifest(path, manifest);
  assert.equal(readManifest(path), manifest);
  const text = readFileSync(path, 'utf8');
  for (const [from, to] of [
    ['"rows": 3', '"rows": 4'],
    ['"make/a"', '"make/b"'],
    ['"warn": 1', '"warn": 0'],
    ['null', '"no"'],
    ['"version": 1', '"version": 3'],
    ['\n "task"', '\n  "task"'],
  ]) {
    assert.ok(text.includes(from));
    writeFileSync(path, text.replace(from, to));
    assert.is(readManifest(path), `${path} is damaged: its content does not match its own hash`);
  }
  for (const [content, reason] of [
    [text.slice(0, 100), 'it is no JSON'],
    ['', 'it is empty'],
    ['[]', 'it is no JSON object'],
  ]) {
    writeFileSync(path, content);
    assert.is(readManifest(path), `${path} is damaged: ${reason}`);
  }
});

test('a manifest with any bit flipped is not taken for one', () => {
  writeManifest(path, manifest);
  const bytes = readFileSync(path);
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      writeFileSync(path, flipped);
      assert.match(String(readManifest(path)), `${path} is damaged: `);
    }),
    { numRuns: 500 },
  );
});

test("a manifest that lies where another one belongs, or names another run's files, is none", () => {
  const problem = (changed: object, at = path) => {
    writeManifest(at, { ...manifest, ...changed });
    return String(readManifest(at));
  };
  assert.is(problem({}, `${run}/make/b.json`), `${run}/make/b.json is damaged: it is the one of make/a`);
  for (const outside of ['/etc/passwd', 'data/runs/other/make/values/a.parquet', `${run}/../other/x`, `${run}/./x`]) {
    const changed = { outputs: [{ ...manifest.outputs[0], path: outside }] };
    assert.is(problem(changed), `${path} is damaged: it names ${outside}, which is no file of run toy`);
  }
  for (const changed of [{ outputs: [{}] }, { parts: {} }, { seconds: 'long' }, { more: 1 }])
    assert.is(problem(changed), `${path} is damaged: it is no manifest`);
});

test('an absent manifest is none, one of another version too, one that cannot be read is told', () => {
  assert.is(readManifest(`${run}/make/none.json`), null);
  writeManifest(path, { ...manifest, version: 0 });
  assert.is(readManifest(path), null);
  mkdirSync('folder.json');
  assert.match(String(readManifest('folder.json')), /^folder.json is damaged: EISDIR/);
});

test('damage is noted in the manifest, and in none that is not there', () => {
  writeManifest(path, manifest);
  markDamaged(path, 'a bit was flipped');
  assert.equal(readManifest(path), { ...manifest, damaged: 'a bit was flipped' });
  markDamaged('none.json', 'gone');
  assert.not.ok(existsSync('none.json'));
  assert.is(fileState('none.json'), null);
});

test('garbage: what is not kept goes, and the folders that are empty then', () => {
  for (const path of ['x/keep', 'x/y/go', 'x/z/keep', 'other/stay']) {
    mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    writeFileSync(path, '');
  }
  assert.equal(collectGarbage(['x', 'absent'], new Set(['x/keep', 'x/z/keep'])), ['x/y/go']);
  assert.equal(filesIn('.'), ['other/stay', 'x/keep', 'x/z/keep']);
  assert.not.ok(existsSync('x/y'));
  writeFileSync('x/half.1-1.tmp', '');
  collectTemporary(['x']);
  assert.equal(filesIn('x'), ['keep', 'z/keep']);
});

test.run();
