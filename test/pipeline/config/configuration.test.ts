import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfiguration } from '../../../pipeline/config/configuration.js';
import { nearest, proposal } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { openRegistry as openReal } from '../../../pipeline/registry.js';
import { freshFolder } from '../folder.js';
import { openRegistry as openToy } from '../toy.js';

const [toy, real] = await Promise.all([openToy(), openReal()]);

test.before.each(() => void freshFolder());

const load = (content: string | Uint8Array, ...set: string[]) => {
  writeFileSync('c.yaml', content);
  return loadConfiguration('c.yaml', toy, set);
};

/** The message of the UsageError that is thrown. */
function problem(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    assert.instance(error, UsageError, (error as Error).stack);
    return (error as UsageError).message;
  }
  throw new Error('nothing was thrown');
}

test('a configuration with its defaults', () => {
  const { run, settings } = load('run: x-1.y\nmake: { scale: 2 }\ntell:\n');
  assert.is(run, 'x-1.y');
  assert.equal(settings, {
    bench: { source: ['good', 'simple'] },
    make: { letters: ['a', 'b'], count: 3, scale: 2, refuse: null, fail: null, wait_ms: 0, refusals: 1 },
    square: { absolute: false },
    tell: { title: 'sum' },
  });
});

test('a byte order mark, carriage returns, anchors and comments are YAML', () => {
  const { settings } = load('\uFEFFrun: x # name\r\nmake:\r\n  letters: &l [a]\r\ntell: { title: a }\r\n');
  assert.equal((settings.make as { letters: string[] }).letters, ['a']);
});

test('--set overrides, makes sections, and is read as YAML', () => {
  const { run, settings } = load('run: x\n', 'make.letters=[c, d]', 'make.scale=1e3', 'run=y', 'tell.title=a=b');
  assert.is(run, 'y');
  const { letters, scale } = settings.make as { letters: string[]; scale: number };
  assert.equal([letters, scale], [['c', 'd'], 1000]);
  assert.is((settings.tell as { title: string }).title, 'a=b');
  assert.equal(
    (load('run: x\nmake: { letters: [a, b] }\n', 'make.letters.1=z').settings.make as { letters: string[] }).letters,
    ['a', 'z'],
  );
});

const setMistakes: Readonly<Record<string, string>> = {
  scale: '--set scale: expected key=value, e.g. --set train.seeds=3',
  '=3': '--set =3: expected key=value, e.g. --set train.seeds=3',
  'make..scale=3': '--set make..scale=3: expected key=value, e.g. --set train.seeds=3',
  'make.scale=[1': '--set make.scale=[1:1:3 Flow sequence must end with a ]',
  'run.x=1': '--set run.x=1: Expected YAML collection at run. Remaining path: x',
  'make.scal=3': '--set make.scal make.scal: unknown key, did you mean "scale"?',
  'mak.scale=3': '--set mak mak: unknown section, did you mean "make"?',
  'make.scale=three': '--set make.scale make.scale: expected a number, received "three"',
  'run=a/b': '--set run run: expected a name of letters, digits, dots and dashes, e.g. "run: pc1"',
};

for (const [set, message] of Object.entries(setMistakes)) {
  test(`--set ${set}`, () =>
    assert.is(
      problem(() => load('run: x\n', set)),
      message,
    ));
}

test('all mistakes of --set at once', () => {
  assert.is(problem(() => load('run: x\n', 'a', 'b')).split('\n').length, 3);
});

test('what is no text', () => {
  mkdirSync('folder');
  assert.is(
    problem(() => loadConfiguration('folder', toy)),
    'folder: that is a folder',
  );
  assert.is(
    problem(() => loadConfiguration('absent.yaml', toy)),
    'absent.yaml: there is no such file',
  );
  const latin1 = Uint8Array.from(Buffer.from('run: Größe\n', 'latin1'));
  assert.is(
    problem(() => load(latin1)),
    'c.yaml: it is no text in UTF-8',
  );
  assert.match(
    problem(() => load(Buffer.from('run: x\0\n'))),
    /^c\.yaml:1:/,
  );
});

test('what has no end, or nearly none', () => {
  assert.match(
    problem(() => load('['.repeat(100_000))),
    /^c\.yaml/,
  );
  const bomb = Array.from(
    { length: 30 },
    (_, i) => `l${i}: &l${i} [${i > 0 ? `*l${i - 1}, *l${i - 1}, *l${i - 1}` : 'x'}]`,
  );
  assert.match(
    problem(() => load(`${bomb.join('\n')}\n`)),
    /^c\.yaml:1:1 Excessive alias count/,
  );
});

test('nothing of a configuration reaches a prototype', () => {
  const message = problem(() => load('run: x\n__proto__: { polluted: true }\nconstructor: 1\ntoString: 2\n'));
  assert.match(message, 'c.yaml:2:1 __proto__: unknown section');
  assert.match(message, 'c.yaml:4:1 toString: unknown section');
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test('the nearest name', () => {
  assert.is(nearest('seedz', ['seeds', 'epochs']), 'seeds');
  assert.is(nearest('Bert-base', ['bert-base-uncased', 'gpt2']), 'bert-base-uncased');
  assert.is(nearest('frobnicate', ['seeds', 'epochs']), null);
  assert.is(nearest('x', []), null);
  assert.is(proposal('frobnicate', ['seeds', 'epochs']), 'expected one of seeds, epochs');
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (names) => {
      assert.is(nearest(names[0], [...names].reverse())?.toLowerCase(), names[0].toLowerCase());
    }),
  );
});

const quick = readFileSync(join(packageRoot, 'configs', 'quick.yaml'), 'utf8');

/** Pieces that mean something in YAML or in a configuration. */
const pieces = ['\n', '\t', '  ', ':', ': ', '- ', '[', ']', '{', '}', ',', '#', '&a ', '*a', '!!int ', '---\n', '"', "'", '|', '? ', '<<: ', 'null', '~', '-1', '1e999', '.nan', '0x1F', '20 s', 'gpt2', 'trace', 'seeds', '__proto__', '\u0000', '\uFFFF', 'é']; // prettier-ignore

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.integer({ min: 0, max: 30 }),
  inserted: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 }), fc.constant('')),
});

function mutated(text: string, mutations: readonly { at: number; removed: number; inserted: string }[]): string {
  return mutations.reduce((before, { at, removed, inserted }) => {
    const start = Math.floor(at * before.length);
    return before.slice(0, start) + inserted + before.slice(start + removed);
  }, text);
}

test('however a configuration is changed, it is accepted or refused with a message', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      writeFileSync('c.yaml', mutated(quick, mutations));
      try {
        loadConfiguration('c.yaml', real);
      } catch (error) {
        assert.instance(error, UsageError, (error as Error).stack);
        assert.match((error as UsageError).message, 'c.yaml');
      }
    }),
    { numRuns: 300 },
  );
});

test('however a setting is overridden, it is accepted or refused with a message', () => {
  const word = fc.constantFrom(
    'run',
    'trace',
    'models',
    'lengths',
    'train',
    'seeds',
    'profile',
    'round',
    '0',
    '-1',
    '__proto__',
    'x',
    '',
  );
  const key = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('.'));
  const value = fc.oneof(
    fc.constantFrom(...pieces),
    fc.jsonValue().map((v) => JSON.stringify(v)),
    fc.string(),
  );
  writeFileSync('c.yaml', quick);
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 3 }), (settings) => {
      try {
        loadConfiguration(
          'c.yaml',
          real,
          settings.map(([k, v]) => `${k}=${v}`),
        );
      } catch (error) {
        assert.instance(error, UsageError, (error as Error).stack);
      }
    }),
    { numRuns: 300 },
  );
});

test.run();
